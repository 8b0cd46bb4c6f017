"""Reference implementations of everything in the course, short enough to read in one sitting."""
