"""A sample class, to see a class graded without having one."""
