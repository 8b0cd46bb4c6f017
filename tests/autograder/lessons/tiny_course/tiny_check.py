"""The fake check of the tiny course: as the real one, it raises, gives a float in points, or None."""

ANSWERS = {"twice": lambda f: f(3) == 6, "seven": lambda value: value == 7, "thrice": lambda f: f(2) == 6}


def lesson(name, *, language, version, points):
    def check(exercise, answer):
        assert ANSWERS[exercise](answer), {"en": "not yet", "fr": "pas encore"}[language]

    return check
