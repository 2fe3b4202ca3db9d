"""Ten thousand broken pages: each is imported into a plan that can be read, or refused with the one clear error."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from support.mutations import mutated
from tminus.errors import PageUnreadable
from tminus.importer import import_page
from tminus.importer.reporting import account

PAGES = sorted((Path(__file__).parents[1] / "pages").glob("*.md"))
MUTANTS, GROUPS = 10_000, 10


@pytest.mark.parametrize("group", range(GROUPS))
def test_a_broken_page_is_imported_or_refused_and_loses_no_line(group: int) -> None:
    texts = [page.read_bytes() for page in PAGES]
    for number in range(group, MUTANTS, GROUPS):
        random = Random(number)
        page = mutated(random.choice(texts), random)
        try:
            imported = import_page(page, "page.md")
        except PageUnreadable:
            continue
        except Exception as error:
            raise AssertionError(f"seed {number}") from error
        lines = account(imported)["lines"]
        assert (
            lines["mapped"] + lines["notes"] + lines["structure"] + lines["repeated"] == lines["total"] - lines["blank"]
        )
