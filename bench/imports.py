"""What the import of a large page takes: time and memory for pages of a megabyte of many kinds.

    python bench/imports.py [--size 1000000] [--kinds items,boxes]

Each kind is imported twice in a process of its own: once for the time (CPU and wall), once under tracemalloc for the peak
of memory. The limits are 2 s and 20 times the page's size. The table goes to the standard error, and one JSON object to
the standard output; `share_of_limit` is what was taken of what may be.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import platform
import sys
import time
import tracemalloc
from importlib.metadata import version
from pathlib import Path
from typing import Any

from tminus.importer import import_page

MOST_SECONDS = 2.0
MOST_TIMES = 20.0
PAGES = Path(__file__).parent.parent / "tests" / "pages"
_RAMP = " -> ".join(f"{share}%" for share in range(1, 21))
KINDS = {
    "items": "- a\n",
    "boxes": "- [ ] ab\n",
    "headings": "## a\n",
    "phases": "# Phase 1: abc (Week 1-2)\n",
    "alerts": "## Alerts\n- Error rate > 0.5% for 5 min, Response time > 3s\n",
    "targets": "## Success criteria\n- **Uptime**: > 99.9% in the first month\n- API p95 < 200ms\n",
    "stages": "## Rollout\n- 5% -> 15% -> 50% -> 100%\n",
    "chains": f"- {_RAMP}\n",
    "rows": "| a | 5% | 3 |\n",
    "cells": "|" + "5% |" * 25 + "\n",
    "risks": "## Risks\n- **Database load** (high): caching, replicas\n",
    "budget": "## Budget\n- Hosting: $149/mo x 3\n",
    "yaml": "```yaml\na:\n  - b: 5%\n```\n",
    "json": '```json\n{"a": [1, 2, {"b": "5%"}]},\n```\n',
    "bash": "```bash\nX=1 run --a $B\n```\n",
    "prose": "The quick brown fox jumps over the lazy dog and then some more.\n\n",
    "emoji": "The quick \N{ROCKET} brown fox jumps over the lazy dog and then some more.\n",
    "mojibake": "\u00f0\u0178\u0161\u20ac \u00c3\u00a4\u00c3\u00b6 \u00e2\u2030\u00a599.9%\n",
    "one line": "abc 99.9% < 2s ",
    "quotes": "> ",
    "stars": "**a",
}


def kinds() -> dict[str, bytes]:
    """What a page of each kind repeats: the generated ones, and the pages of the tests."""
    found = {name: text.encode() for name, text in KINDS.items()}
    return found | {path.stem: path.read_bytes() + b"\n" for path in sorted(PAGES.glob("*.md"))}


def repeated(text: bytes, size: int) -> bytes:
    """A page of that many bytes."""
    return (text * (size // len(text) + 1))[:size]


def measure(data: bytes) -> dict[str, Any]:
    """Seconds, and the peak of memory in times of the page's size."""
    import_page(b"# a\n- b\n", "warm.md")  # what is made once and kept is no part of it
    wall, cpu = time.perf_counter(), time.process_time()
    imported = import_page(data, "page.md")
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    plan, unread = len(imported.written.data), imported.draft.unread
    del imported
    tracemalloc.start()
    import_page(data, "page.md")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    times = peak / len(data)
    return {
        "cpu_seconds": round(cpu, 3),
        "wall_seconds": round(wall, 3),
        "peak_times_size": round(times, 1),
        "plan_bytes": plan,
        "first_unread_line": unread,
        "share_of_limit": {"cpu": round(cpu / MOST_SECONDS, 2), "memory": round(times / MOST_TIMES, 2)},
    }


def main() -> None:
    """Measure the kinds that are asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", type=int, default=1_000_000, help="bytes of each page")
    parser.add_argument("--kinds", default="", help="names with commas between; all if empty")
    given = parser.parse_args()
    pages = kinds()
    rows: dict[str, dict[str, Any]] = {}
    print(f"{'page':24} {'CPU s':>7} {'wall s':>7} {'memory':>8}", file=sys.stderr)
    for name in given.kinds.split(",") if given.kinds else pages:
        with multiprocessing.get_context("spawn").Pool(1) as pool:
            rows[name] = row = pool.apply(measure, (repeated(pages[name], given.size),))
        said = f"{row['cpu_seconds']:7.2f} {row['wall_seconds']:7.2f} {row['peak_times_size']:7.1f}x"
        print(f"{name:24} {said}", file=sys.stderr)
    result = {
        "bytes": given.size,
        "limits": {"seconds": MOST_SECONDS, "times_size": MOST_TIMES},
        "worst": {
            "cpu_seconds": max(row["cpu_seconds"] for row in rows.values()),
            "peak_times_size": max(row["peak_times_size"] for row in rows.values()),
        },
        "within_limits": all(max(row["share_of_limit"].values()) < 1 for row in rows.values()),
        "pages": rows,
        "machine": {"python": platform.python_version(), "system": platform.platform(), "tminus": version("tminus")},
    }
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
