"""The weights that come with the package, each with the recipe that makes it and a card that describes it."""
