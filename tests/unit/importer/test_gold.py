"""What a careful person finds on a page, the importer finds: item by item, and nothing that is not there."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.gold import TABLE_KINDS, Outcome, compare, load_gold
from support.pages import shared_pages
from tminus.importer import account, import_page

ROOT = Path(__file__).parents[3]
GOLD = ROOT / "tests" / "gold"
PAGES = sorted((ROOT / "tests" / "pages").glob("*.md"))


def outcome(page: Path, gold: Path) -> Outcome:
    report = account(import_page(page.read_bytes(), page.name))
    lines = report["lines"]
    assert lines["mapped"] + lines["notes"] + lines["structure"] + lines["repeated"] == lines["total"] - lines["blank"]
    return compare(load_gold(gold), report)


@pytest.mark.parametrize("name", sorted(path.stem for path in GOLD.glob("*.yaml")))
def test_of_a_real_plan_at_least_98_percent_is_found_and_at_most_2_percent_invented(name: str) -> None:
    page = next(page for page in shared_pages() if page.stem == name)
    found = outcome(page, GOLD / f"{name}.yaml")
    assert found.recall(TABLE_KINDS) >= 0.98, found.describe(TABLE_KINDS)
    assert found.invented_share(TABLE_KINDS) <= 0.02, found.describe(TABLE_KINDS)


def test_of_all_other_pages_at_least_90_percent_is_found_and_at_most_5_percent_invented() -> None:
    totals = {"found": 0, "missed": 0, "wrong": 0, "invented": 0}
    for page in PAGES:
        kinds = outcome(page, page.with_suffix(".gold.yaml")).kinds
        for kind in TABLE_KINDS:
            for what in totals if kind in kinds else ():
                totals[what] += len(getattr(kinds[kind], what))
    told = totals["found"] + totals["wrong"] + totals["invented"]
    assert totals["found"] / (totals["found"] + totals["missed"] + totals["wrong"]) >= 0.9, totals
    assert totals["invented"] / told <= 0.05, totals


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_of_any_page_most_is_found_and_little_invented(page: Path) -> None:
    found = outcome(page, page.with_suffix(".gold.yaml"))
    if found.recall(TABLE_KINDS) < 1 or found.invented_share(TABLE_KINDS) > 0:
        assert found.recall(TABLE_KINDS) >= 0.5, found.describe(TABLE_KINDS)
        assert found.invented_share(TABLE_KINDS) <= 0.2, found.describe(TABLE_KINDS)
