"""T-minus: the launch plan that runs."""

__version__ = "0.1.0"
