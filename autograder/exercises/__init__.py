"""What each exercise of the course accepts, and the mistakes it knows: one file a lesson, loaded lazily."""


def speak(language: str) -> None:
    """Let the pictures that a notebook draws speak its language, "en" or "fr"."""
    import cnnlib.draw

    cnnlib.draw.language(language)
