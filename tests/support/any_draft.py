"""Drafts from a seed: any part with any words, those that trip a writer of YAML or a reader of plans among them."""

from __future__ import annotations

import random
from dataclasses import MISSING, fields
from typing import Any, get_args, get_origin, get_type_hints

from tminus.importer import draft as parts
from tminus.importer.draft import Understood

# Words that trip a writer of YAML or a reader of plans, beside anything that a page may hold.
TELLING = [
    "", " ", "yes", "null", "1e3", "0x1F", "- a", "a: b", "a #b", "#", "{x}", "[y], z", "'", '"', "\\", "<<", "=", "!t", "&a",
    "*a", "%", "@", "|", ">", "?", "a\nb", "tab\there", "\u2028", "\x85", "\x00", "\ud800", "\ufeff", "é", "日本", "🚀 Go",
    "P0", "critical", "high", "1d", "1w..2w", "0d", "0s", "+3d", "+0d", "Monday 09:00", "2026-01-12",
    "2026-01-12T09:00:00+02:00",
    "day", "month", "US", "Global", "all users", "Error rate", "error rate", "CTO", "internal", "rollback", "EST", "$25", "%",
    "ms", "/5", "/day", "p95", "mean", "65%", "4.5/5", "7d", "x" * 1100, "Europe/Zurich", "zero", "count", "over", "for 1d",
]  # fmt: skip
DEEPEST = 4


class Maker:
    """Fills the fields of a draft's parts from a seed: hypothesis' own strategies for all of them would be too deep."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def made(self, kind: type, depth: int = 0) -> Any:
        hints = get_type_hints(kind, vars(parts))
        values = {}
        for field in fields(kind):
            optional = field.default is not MISSING or field.default_factory is not MISSING
            if field.name == "repeated" or (optional and self.random.random() < (0.3 if depth else 0.5)):
                continue
            values[field.name] = self.special(field.name) or self.any_of(hints[field.name], depth)
        return kind(**values)

    def special(self, name: str) -> Any:
        if name in ("line", "title_line"):
            return self.random.randrange(1, 500)
        if name == "comparator":
            return self.random.choice(["<", "<=", ">", ">=", "=", "within", "zero"])
        return self.random.choice([0.01, 0.05, 0.25, 0.5, 1.0]) if name == "share" else None

    def any_of(self, kind: Any, depth: int) -> Any:
        origin, inner = get_origin(kind), get_args(kind)
        if origin is list:
            return [self.any_of(inner[0], depth) for _ in range(self.random.randrange(4 if depth < DEEPEST else 1))]
        if origin is tuple:
            return tuple(self.any_of(one, depth) for one in inner)
        if origin is not None:  # a union with None
            return self.any_of(self.random.choice(inner), depth)
        if isinstance(kind, type) and issubclass(kind, Understood):
            return self.made(kind, depth + 1)
        return self.plain(kind)

    def plain(self, kind: Any) -> Any:
        if kind is str:
            odd = "".join(chr(self.random.randrange(0x250)) for _ in range(self.random.randrange(8)))
            return self.random.choice([*TELLING, odd, odd])
        if kind is float:
            return self.random.choice(
                [0.0, 1.0, -1.0, 0.05, 99.9, 1e-9, 1e300, 1234567.0, self.random.uniform(-9, 999)]
            )
        if kind is int:
            return self.random.randrange(-3, 10**6)
        return self.random.random() < 0.5 if kind is bool else None
