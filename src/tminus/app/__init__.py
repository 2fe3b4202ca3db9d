"""The composition root: settings, wiring, and what the surfaces see of a launch."""
