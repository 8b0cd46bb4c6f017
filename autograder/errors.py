"""What a person can mend: shown as one clear message, without a traceback."""


class UserError(Exception):
    """Something asked of the autograder that does not fit; its text says what does."""


class Stopped(UserError):
    """A run cannot go on; what it has done is kept."""
