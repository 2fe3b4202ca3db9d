from __future__ import annotations

from datetime import UTC, datetime

from support.launches import MINUTE, T0, outline

TWO = outline("""
timezone: Europe/Berlin
phases:
  - id: first
    starts: 2026-03-01T09:00:00
    tasks:
      - { do: All of it, id: whole, tasks: [{ do: Part, id: part }, { do: Other, id: other }] }
  - { id: second, starts: +5m }
alerts: [{ id: slow, when: delay p95 > 1s, for: 2m }]
""")


def test_phases_follow_each_other_as_written() -> None:
    after = [TWO.phase_after(phase) for phase in (None, "first", "second")]
    assert [phase.id if phase else None for phase in after] == ["first", "second", None]


def test_a_date_is_in_the_plans_timezone_and_counts_as_now_in_a_paced_launch() -> None:
    first = TWO.phases["first"]
    opens = datetime(2026, 3, 1, 8, tzinfo=UTC).timestamp()
    assert [TWO.opens_at(first, T0, paced=paced) for paced in (False, True)] == [opens, 0.0]


def test_an_offset_counts_from_the_start_of_the_launch() -> None:
    assert TWO.opens_at(TWO.phases["second"], T0, paced=False) == T0 + 5 * MINUTE


def test_only_boxes_that_are_proven_themselves_are_leaves() -> None:
    assert (TWO.task_ids(TWO.phases["first"]), TWO.leaves(TWO.phases["first"])) == (
        ["whole", "part", "other"],
        ["part", "other"],
    )


def test_a_boxs_lineage_leads_up() -> None:
    assert [place.task.id for place in TWO.lineage("part")] == ["part", "whole"]


def test_an_alerts_for_is_part_of_its_condition() -> None:
    assert [(one.id, one.when.key) for one in TWO.alerts] == [("slow", "delay.p95>1;for=120")]
