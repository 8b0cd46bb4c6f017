"""The layers between a notebook and the machine, one a file; each raises OSError where the platform lacks it."""
