"""Checks, releases and grades the lessons of the course, and grades any other nbgrader course."""

from autograder.checking.lesson import CheckFailed, lesson

__all__ = ["CheckFailed", "lesson"]
