"""Static files, read once and named by a hash of their content, so that browsers keep them. The server compresses."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

STATIC = Path(__file__).parent / "static"
# What the live page and the charts need; `hatch_build.py` fetches them. Without them the page still says everything.
VENDOR = ("htmx.min.js", "sse.min.js", "idiomorph-ext.min.js", "uplot.min.js", "uplot.min.css")
_TYPES = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}


@dataclass(frozen=True, slots=True)
class Asset:
    """One file as it is served."""

    name: str
    digest: str
    media_type: str
    content: bytes


class Assets:
    """The console's own files and the vendor's, by name."""

    def __init__(self, folder: Path = STATIC) -> None:
        self._assets = {asset.name: asset for asset in _read(folder)}

    @property
    def complete(self) -> bool:
        """Whether the vendor's files are there: without them nothing is live and there are no charts to point at."""
        return all(f"vendor/{name}" in self._assets for name in VENDOR)

    @property
    def version(self) -> str:
        """A digest of all files together: an open page of another version reloads itself."""
        return hashlib.sha256("".join(asset.digest for asset in self._assets.values()).encode()).hexdigest()[:12]

    def url(self, name: str) -> str:
        """Where a file is served. Raises `KeyError` for one that is not there."""
        return f"/static/{self._assets[name].digest}/{name}"

    def find(self, path: str) -> Asset | None:
        """The asset of `DIGEST/NAME`; None for an unknown name or another version of it."""
        digest, _, name = path.lstrip("/").partition("/")
        asset = self._assets.get(name)
        return asset if asset is not None and asset.digest == digest else None


def _read(folder: Path) -> Iterator[Asset]:
    for path in sorted(folder.rglob("*")):
        media_type = _TYPES.get(path.suffix)
        if media_type is not None and path.is_file():
            content = path.read_bytes()
            digest = hashlib.sha256(content).hexdigest()[:12]
            yield Asset(path.relative_to(folder).as_posix(), digest, media_type, content)
