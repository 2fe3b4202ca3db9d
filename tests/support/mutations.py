"""Pages made wrong on purpose: one seeded mutator for every test that asks what a broken page does."""

from __future__ import annotations

from random import Random

_MARKS = (
    "- [ ] |- [x] |  - |1. |## |# |**|__|`|```|```yaml\n|```mermaid\ngantt\n|~~~|> |<!--|-->|<table><tr><td>|---\n|+++\n|\r\n"
    "|\r|\t|{|}|[|](|const a = {|: |:|\\|#|&amp;|~|!!python/object|*a|&a|%YAML 1.1\n|\u202e|\x85|\u2028|\x00|├─|🚀|ðŸš€|\ufeff"
)
_WORDS = (
    "99.9%|< 2s|> 1e999|0|$1,000,000,000|p95|100%|-5%|1/0|5 -> 15 -> 50|Phase 1:|Week 99-1|Day 0|2026-13-45|Monday 25:61 XYZ"
    "|Level 0 (9-1 min)|API_KEY=sk-abc|zero |target |baseline|Tier 1: |Critical Alerts:\n|Rollback\n|Risk"
)
_PIECES = [piece.encode() for piece in (*_MARKS.split("|"), *_WORDS.split("|"))]
_PIECES += [b"|", b"|---|---|\n", b"\xff\xfe", b"\xc3\x28"]


def mutated(page: bytes, random: Random) -> bytes:
    """The page with one to eight things done to it: cut, doubled, moved, overwritten, or something put in."""
    data = bytearray(page)
    for _ in range(random.randint(1, 8)):
        _one(data, random)
    return bytes(data)


def _one(data: bytearray, random: Random) -> None:
    at, size = random.randrange(len(data) + 1), random.choice((1, 3, 17, 80, 400))
    match random.randrange(7):
        case 0:
            del data[at : at + size]
        case 1:
            data[at:at] = random.choice(_PIECES)
        case 2:
            data[at:at] = data[at : at + size] * random.randint(1, 4)
        case 3:
            data[at:at] = random.choice(_PIECES) * random.choice((1, 2, 40))
        case 4 if data:
            data[at % len(data)] = random.randrange(256)
        case 5:
            lines = bytes(data).split(b"\n")
            lines.insert(random.randrange(len(lines)), lines.pop(random.randrange(len(lines))))
            data[:] = b"\n".join(lines)
        case _:
            lines = bytes(data).split(b"\n")
            number = random.randrange(len(lines))
            lines[number] = b" " * random.choice((1, 2, 3, 4, 8)) + lines[number]
            data[:] = b"\n".join(lines)
