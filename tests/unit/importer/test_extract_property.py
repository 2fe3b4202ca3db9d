"""Extractors meet any tree of blocks: they never raise, and claim no line that is not there."""

from __future__ import annotations

from dataclasses import fields

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tminus.importer.draft import Draft, Understood
from tminus.importer.extracting import EXTRACTORS, read_audience, read_commands, without_secrets
from tminus.importer.page import Block, Kind

WORDS = (
    "", "Critical Alerts", "High Priority", "Error rate > 5%", "p95 > 800 ms for 10 min", "Level 1 (0-5 min)", "Rollback Plan",
    "if needed", "$2,000", "$25-200+", "Total", "500 users", "Daily Standups", "9:00 AM", "KEY=sk-abc", "image", "redis:7",
    "healthcheck", "test", "[\"CMD\", \"x\"]", "{ metric: a, above: 2% }", "run", "npm ci", "P0: Blocker - now", "RTO 4h",
    "(", ")", ":",
    "-----BEGIN", "aiCoaching", "true", "Slack", "#ops", "Wahrscheinlichkeit: hoch", "🔴", "T+5", "½", "9" * 40, "a" * 300,
    "(1 " * 40,
    "Risk", "P", "I", "Owner", "Dashboard", "daily", "exec", "httpGet", "env", "name", "alert", "expr", "labels", "severity",
    "{", "[",
)  # fmt: skip
TEXT = st.one_of(st.sampled_from(WORDS), st.text(max_size=20))
CELLS = st.lists(TEXT, max_size=5).map(tuple)


BLOCKS = st.builds(
    Block,
    kind=st.sampled_from(list(Kind)),
    line=st.integers(1, 60),
    text=TEXT,
    last=st.integers(0, 62),
    level=st.integers(0, 9),
    label=TEXT,
    value=TEXT,
    number=st.sampled_from(("", "1", "4.1")),
    checked=st.sampled_from((None, True, False)),
    cells=CELLS,
    header=CELLS,
    fence=st.sampled_from((None, "", "yaml", "bash", "json", "console")),
    comment=TEXT,
)


@st.composite
def trees(draw: st.DrawFn) -> Block:
    """A tree of up to ten blocks, each hung beneath one of those before it."""
    blocks = draw(st.lists(BLOCKS, min_size=1, max_size=10))
    for at, block in enumerate(blocks[1:], start=1):
        blocks[draw(st.integers(max(0, at - 3), at - 1))].add(block)
    return blocks[0]


TREES = trees()


@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(tree=TREES)
def test_no_tree_of_blocks_makes_an_extractor_raise_or_claim_a_foreign_line(tree: Block) -> None:
    draft = Draft()
    for extractor in EXTRACTORS.values():
        extractor(tree, draft)
    there = {line for one in tree.walk() for line in range(one.line, max(one.line, one.last) + 1)}
    for part in fields(Draft):
        for one in getattr(draft, part.name) or ():
            if isinstance(one, Understood):
                assert {one.line, *one.lines} <= there


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(tree=TREES)
def test_commands_and_audiences_are_read_from_any_tree(tree: Block) -> None:
    there = {one.line for one in tree.walk()}
    assert {command.line for command in read_commands(tree)} <= there
    assert {line for line, _, _ in read_audience(tree)} <= there


@settings(max_examples=200, deadline=None)
@given(text=st.one_of(TEXT, st.lists(TEXT, max_size=8).map(" = ".join)))
def test_masking_a_line_twice_changes_nothing_more(text: str) -> None:
    once = without_secrets(text)
    assert without_secrets(once) == once


def test_a_tree_of_ten_thousand_levels_is_read_without_recursion() -> None:
    root = deepest = Block(Kind.HEADING, 1, "Alerts", 1, 1)
    for line in range(2, 10_002):
        below = Block(Kind.ITEM, line, "Error rate > 5%", line)
        deepest.add(below)
        deepest = below
    for topic in EXTRACTORS:
        EXTRACTORS[topic](root, Draft())
