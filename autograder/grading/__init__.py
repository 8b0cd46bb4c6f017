"""Grades a class: plan, run, record, resume."""
