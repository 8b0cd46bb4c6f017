"""Grades on a Dask cluster: submissions travel as bytes, and come back as results."""
