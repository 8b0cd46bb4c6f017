"""Turns the one source of a lesson into the notebooks that students and instructors open."""
