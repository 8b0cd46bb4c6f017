"""What each exercise of the course accepts, and the mistakes it knows: one file a lesson, loaded lazily."""
