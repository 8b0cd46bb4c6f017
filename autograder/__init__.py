"""Checks, releases and grades the lessons of the course, and grades any other nbgrader course."""
