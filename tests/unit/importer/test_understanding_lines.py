"""Facts, objectives, notes; every line is accounted for, and no page makes the walker fail."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tminus.importer.draft import Draft
from tminus.importer.page import Page
from tminus.importer.remainder import accounted
from tminus.importer.scanning import scan_page
from tminus.importer.understanding import understand

PLAN = """\
# Sail: launch plan

**Status**: Draft
**Launch date**: 2026-05-04

We launch the sail app in two phases and watch the wind.

## Phase 1: Harbour (Week 1)

**Objectives:**

- Find leaks

### Odd words

Some text that nobody understands.

- [ ] Caulk
  Wrapped line

## Phase 2: Sea

| Risk | Probability | Impact |
|------|-------------|--------|
| Storm | low | high |

## Success Metrics

- **Speed**: > 5
- Joy of the crew

---

Fair winds.
"""


def read(text: str) -> tuple[Page, Draft]:
    page = scan_page(text)
    return page, understand(page)


def lost(page: Page, draft: Draft) -> list[int]:
    known = accounted(draft) | page.structure.keys()
    return [line for line in page.filled() if line not in known]


def test_every_line_that_holds_something_is_accounted_for() -> None:
    assert lost(*read(PLAN)) == []


def test_title_summary_and_facts_are_the_pages_head() -> None:
    _, draft = read(PLAN)
    assert (draft.title, draft.title_line, draft.starts) == ("Sail: launch plan", 1, "2026-05-04")
    assert draft.summary.startswith("We launch the sail app")
    assert [(line, label) for line, label, _ in draft.facts] == [(3, "Status"), (4, "Launch date")]


def test_objectives_belong_to_their_phase() -> None:
    _, draft = read(PLAN)
    assert draft.phases[0].objectives == [(12, "Find leaks")]


def test_a_line_that_nobody_understood_is_a_note_on_what_stands_above_it() -> None:
    _, draft = read(PLAN)
    harbour = draft.phases[0]
    assert (16, "Some text that nobody understands.") in harbour.notes
    kept = [note for target in draft.targets for note in target.notes] + draft.notes
    assert "Fair winds." in [text for _, text in kept]


def test_a_table_of_risks_is_read_wherever_it_stands() -> None:
    _, draft = read(PLAN)
    assert [(risk.text, risk.probability, risk.impact) for risk in draft.risks] == [("Storm", "low", "high")]


def test_a_page_without_structure_imports_as_nearly_nothing() -> None:
    page, draft = read("A talk\n\nWe had 5% of users and 99.9% hope.\n\n- Odile thinks October\n- Coffee: 2.80 now\n")
    assert (draft.phases, draft.targets, draft.alerts, draft.triggers) == ([], [], [], [])
    assert lost(page, draft) == []


def test_importing_twice_gives_the_same() -> None:
    assert read(PLAN)[1] == read(PLAN)[1]


MARKS = st.sampled_from(
    [
        "# ", "## Phase 1: ", "### Rollout", "- [ ] ", "- ", "  - ", "1. ", "```yaml", "```", "Owner: ", "**Goals**",
        "Week 2: ", "A -> B -> C", "<0.1%", "(2 weeks)", "phases:",
        "  - name: x", "@jo", "→ ✅", "> ", "---", "Timeline", "\t", "(", "]",
        "100% of users", "\x00", "İ", "| a | % |", "|---|---|",
    ]
)  # fmt: skip


@given(st.lists(st.lists(MARKS, max_size=5).map(" ".join), max_size=30).map("\n".join))
def test_no_page_makes_the_walker_fail_or_lose_a_line(text: str) -> None:
    assert lost(*read(text)) == []


@pytest.mark.parametrize("head", ["Steps:", "How:", "Procedure:", "To roll back:", "Schritte:"])
def test_steps_beneath_conditions_of_going_back_are_the_way_back_and_no_tasks(head: str) -> None:
    text = (
        "# P\n\n## Phase 1: Beta\n\n- [ ] a\n\n## Rollback\n\nRoll back when:\n- error rate > 4%\n- wrong totals\n\n"
        f"{head}\n1. Turn the flag off\n2. Tell the bank\n\nRTO 15 minutes, data loss: none.\n"
    )
    _, draft = read(text)
    assert [[step for _, step in one.steps] for one in draft.procedures] == [["Turn the flag off", "Tell the bank"]]
    assert [one.kind for one in draft.procedures] == ["rollback"]
    assert [one.line for one in draft.triggers] == [10, 11]
    assert [box.text for box in draft.phases[0].boxes] == ["a"]


def test_what_makes_people_hold_is_an_alert_and_no_trigger() -> None:
    _, draft = read("# P\n\n## Phase 1: Ramp\n\n- [ ] a\n\nWe hold if:\n- error rate > 1%\n- p99 latency > 3s\n")
    assert [one.line for one in draft.alerts] == [8, 9]
    assert draft.triggers == []


@pytest.mark.parametrize("step", ["Run one real debit of €1 each", "Führe 3 echte Buchungen durch", "Ejecutar 3 pagos"])
def test_a_numbered_step_that_orders_something_is_a_task_and_no_target(step: str) -> None:
    _, draft = read(
        f"# P\n\n## Phase 1: Staff\n\n1. Enable the flag\n2. {step}\n3. Error rate < 1%\n\n## Phase 2: All\n"
    )
    assert [box.text for box in draft.phases[0].boxes] == ["Enable the flag", step]
    assert [target.line for target in draft.phases[0].targets] == [7]


def test_a_numbered_value_whose_name_begins_like_an_order_stays_a_target() -> None:
    _, draft = read("# P\n\n## Phase 1: Staff\n\n1. Test coverage 80%\n2. Run at most 3 batches\n\n## Phase 2: All\n")
    assert [target.line for target in draft.phases[0].targets] == [5, 6]
