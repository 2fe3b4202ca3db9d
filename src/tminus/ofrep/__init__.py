"""The OpenFeature Remote Evaluation Protocol (OFREP), answered by a raw ASGI application."""

from tminus.ofrep.app import OfrepApp
from tminus.ofrep.cors import Cors, origins_of
from tminus.ofrep.limits import RateLimit, limit_of

__all__ = ["Cors", "OfrepApp", "RateLimit", "limit_of", "origins_of"]
