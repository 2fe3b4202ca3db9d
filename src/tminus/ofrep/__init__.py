"""The OpenFeature Remote Evaluation Protocol (OFREP), answered by a raw ASGI application."""

from tminus.ofrep.app import OfrepApp

__all__ = ["OfrepApp"]
