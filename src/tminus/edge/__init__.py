"""A stateless server of flags: it follows a controller or a file, and answers on when that is away."""

from tminus.edge.serve import Edge

__all__ = ["Edge"]
