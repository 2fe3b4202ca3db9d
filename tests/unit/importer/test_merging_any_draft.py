"""Merging any draft into the plan of any other: nothing that is untouched moves, and the second time nothing changes."""

from __future__ import annotations

import copy

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from support.any_draft import Maker
from tminus.importer import merge_plan
from tminus.importer.draft import Draft
from tminus.importer.importing import Imported, import_draft
from tminus.importer.page import Block, Kind, Page
from tminus.importer.yaml_spots import read_spots

SEEDS = st.integers(0, 2**32)


def imported(seed: int, *, without: int = 0) -> Imported:
    """A draft from a seed; `without` takes every so many-th member out of each of its lists."""
    draft = copy.deepcopy(Maker(seed).made(Draft))
    if without:
        for name in Draft.__dataclass_fields__:
            value = getattr(draft, name)
            if isinstance(value, list):
                setattr(draft, name, [one for number, one in enumerate(value, start=1) if number % without])
    return import_draft(draft, Page(Block(Kind.HEADING, 0, ""), []), "page.md")


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(SEEDS)
def test_the_same_page_again_changes_no_byte_and_nothing_that_a_hand_has_added(seed: int) -> None:
    plan = imported(seed)
    mine = plan.text.replace("\nphases:\n", "\n# by hand\nwaive: [{ code: no-exit, because: it is so }]\n\nphases:\n")
    merged = merge_plan(mine, plan, "plan.yaml")
    assert merged.text == mine
    assert merged.changes == ()


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(SEEDS, st.integers(2, 4), st.booleans())
@example(189, 2, False)  # all members of a list in one line go, and another one comes
@example(182843560, 2, False)  # an entry without anything in it goes
def test_a_merge_into_an_untouched_plan_says_what_the_page_says(seed: int, every: int, grows: bool) -> None:
    more, fewer = imported(seed), imported(seed, without=every)
    before, after = (fewer, more) if grows else (more, fewer)
    merged = merge_plan(before.text, after, "plan.yaml")
    assert _sorted(read_spots(merged.text, "merged").plain()) == _sorted(read_spots(after.text, "after").plain())
    again = merge_plan(merged.text, after, "plan.yaml")
    assert again.changes == ()
    # Two members of one name may have changed places, and with them the numbers of their lines.
    assert read_spots(again.text, "again").plain() == read_spots(merged.text, "merged").plain()


def _sorted(value: object) -> object:
    """The value without the order in lists: a merge moves nothing, and two of one name may have changed places."""
    if isinstance(value, dict):
        return {key: _sorted(child) for key, child in value.items()}
    return sorted((_sorted(one) for one in value), key=repr) if isinstance(value, list) else value
