"""Brings what a learning management system hands out into a class: who handed in what, for which assignment."""
