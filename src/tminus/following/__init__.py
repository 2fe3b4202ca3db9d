"""Flags that are defined elsewhere: read from a controller or a file, and followed as they change."""

from tminus.following.follow import Follower, follow
from tminus.following.source import FileSource, Source, UrlSource

__all__ = ["FileSource", "Follower", "Source", "UrlSource", "follow"]
