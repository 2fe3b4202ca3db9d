"""Metric sources, a file a technology."""
