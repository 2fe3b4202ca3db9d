"""A small profile service: the application that the demonstration launches a new feature in."""
