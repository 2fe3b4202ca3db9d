"""When phases and stages can be, from a plan's dates and durations alone."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from tminus.errors import UsageError
from tminus.plan import read_plan_text
from tminus.plan.timeline import timeline
from tminus.plan.timespans import Moment, Timeline

DAY = 86400.0
HEAD = "tminus: 1\ntitle: A launch\nflags: { page: {} }\nroles: { lead: { title: The lead, reach: env:LEAD } }\n"
ROLLOUT = "rollout: { flag: page, stages: [{ to: 5%, for: 2d }, { to: 100%, for: 1d }] }"


def drawn(phases: str, head: str = "", start: float | None = None) -> Timeline:
    return timeline(read_plan_text(f"{HEAD}{head}\nphases:\n{phases}"), start)


def relative(earliest: float, latest: float | None) -> Moment:
    return Moment(earliest * DAY, None if latest is None else latest * DAY, dated=False)


def unix(text: str, zone: str = "UTC") -> float:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp()


def test_phases_follow_each_other_and_their_spans_add_up() -> None:
    first, second = drawn("  - { id: a, lasts: 1w..2w }\n  - { id: b, lasts: 3d }").phases
    assert (first.begins, first.ends) == (relative(0, 0), relative(7, 14))
    assert (second.begins, second.ends) == (relative(7, 14), relative(10, 17))


def test_without_a_start_nothing_has_a_date() -> None:
    line = drawn("  - { id: a, lasts: 1d }")
    assert line.start is None
    assert not line.ends.dated


def test_the_stages_of_a_rollout_take_their_time_one_after_the_other() -> None:
    (phase,) = drawn(f"  - {{ id: a, {ROLLOUT} }}").phases
    assert [(stage.begins, stage.ends) for stage in phase.stages] == [
        (relative(0, 0), relative(2, 2)),
        (relative(2, 2), relative(3, 3)),
    ]
    assert phase.ends == relative(3, 3)


def test_a_phase_lasts_no_less_than_its_stages_and_says_so() -> None:
    (phase,) = drawn(f"  - {{ id: a, lasts: 1d, {ROLLOUT} }}").phases
    assert phase.ends == relative(3, 3)
    assert phase.remarks == ("its stages take longer than the 1d it lasts",)


def test_stages_can_be_as_late_as_their_phase_leaves_room_for() -> None:
    (phase,) = drawn(f"  - {{ id: a, lasts: 4d..5d, {ROLLOUT} }}").phases
    assert [stage.begins for stage in phase.stages] == [relative(0, 2), relative(2, 4)]
    assert phase.ends == relative(4, 5)


def test_a_length_that_nobody_wrote_down_stays_unknown_for_all_that_follows() -> None:
    first, second = drawn("  - { id: a }\n  - { id: b, lasts: 3d }").phases
    assert first.open_end
    assert first.ends == relative(0, None)
    assert not second.open_end
    assert (second.begins, second.ends) == (relative(0, None), relative(3, None))


def test_boxes_before_a_rollout_make_its_end_unknown() -> None:
    (phase,) = drawn(f"  - {{ id: a, tasks: [{{ do: x, owner: lead }}], {ROLLOUT} }}").phases
    assert phase.ends == relative(3, None)
    assert phase.stages[0].begins == relative(0, None)


def test_a_phase_waits_for_its_offset_and_for_what_comes_before() -> None:
    _, waits, late = drawn(
        "  - { id: a, lasts: 2d }\n  - { id: b, starts: +3d, lasts: 1d }\n  - { id: c, starts: +1d, lasts: 1d }"
    ).phases
    assert waits.begins == relative(3, 3)
    assert waits.remarks == ()
    assert late.begins == relative(4, 4)
    assert late.remarks == ("starts later than the plan wants: what comes before takes longer",)


def test_dates_are_those_of_the_plans_zone() -> None:
    line = drawn("  - { id: a, lasts: 1d }", "starts: 2026-01-12T09:00:00\ntimezone: Asia/Tokyo")
    assert line.phases[0].begins.earliest == unix("2026-01-12T00:00:00")


def test_a_week_is_168_hours_also_when_the_clocks_change() -> None:
    (phase,) = drawn("  - { id: a, lasts: 1w }", "starts: 2026-03-05T09:00\ntimezone: America/New_York").phases
    assert phase.ends.earliest - phase.begins.earliest == 7 * DAY
    assert phase.ends.earliest == unix("2026-03-12T10:00:00", "America/New_York")
    assert any("clocks change" in remark for remark in phase.remarks)


def test_a_zone_without_summer_time_gets_no_remark() -> None:
    (phase,) = drawn("  - { id: a, lasts: 1w }", "starts: 2026-03-05T09:00\ntimezone: Asia/Tokyo").phases
    assert phase.remarks == ()


def test_a_date_behind_phases_without_one_dates_what_follows_and_says_so() -> None:
    first, second, third = drawn(
        "  - { id: a, lasts: 1d }\n  - { id: b, starts: 2026-05-01, lasts: 2d }\n  - { id: c, starts: +9d }"
    ).phases
    assert not first.begins.dated
    assert second.begins == Moment(unix("2026-05-01"), unix("2026-05-01"), dated=True)
    assert second.remarks == ("has a date, and what comes before has none",)
    assert third.begins == second.ends
    assert third.remarks == ("starts +9d after a launch whose date the plan does not say",)


def test_the_date_of_the_first_phase_is_the_launchs_start() -> None:
    assert drawn("  - { id: a, starts: 2026-05-01, lasts: 2d }").start == unix("2026-05-01")


def test_a_start_from_outside_counts_and_the_plans_own_dates_are_waited_for() -> None:
    start = unix("2026-01-01")
    assert drawn("  - { id: a, lasts: 1d }", start=start).phases[0].begins == Moment(start, start, dated=True)
    waits = drawn("  - { id: a, starts: 2026-05-01, lasts: 1d }", start=start).phases[0]
    assert waits.begins.earliest == unix("2026-05-01")


def test_the_plans_own_start_is_waited_for_where_somebody_starts_earlier() -> None:
    line = drawn("  - { id: a, lasts: 1d }", "starts: 2026-05-01", start=unix("2026-01-01"))
    assert line.phases[0].begins.earliest == unix("2026-05-01")


def test_a_gate_says_its_boxes_its_criteria_and_who_signs() -> None:
    metric = "metrics: { errors: { source: events, count: error } }"
    tasks = "[{ do: x, owner: lead, tasks: [{ do: y, owner: lead }, { do: z, skip: not here, owner: lead }] }]"
    (phase,) = drawn(
        f"  - {{ id: a, lasts: 1d, tasks: {tasks}, exit: [zero errors over 1h], go: [lead] }}", metric
    ).phases
    assert phase.gate is not None
    assert (phase.gate.boxes, phase.gate.criteria, phase.gate.signers) == (1, ("zero errors over 1h",), ("The lead",))
    assert phase.gate.at == phase.ends


def test_a_stage_with_guards_has_evidence_at_its_gate_as_long_as_somebody_is_left_to_compare_with() -> None:
    metrics = "metrics: { errors: { source: events, bad: error, total: request } }"
    stages = "[{ to: 5%, for: 1d }, { to: 20%, for: 1d, evidence: { margin: 3 } }, { to: 100%, for: 1d }]"
    rollout = f"flag: page, guards: [errors], stages: {stages}"
    said = {}
    for more in ("", ", holdback: 5%"):
        (phase,) = drawn(f"  - {{ id: a, rollout: {{ {rollout}{more} }} }}", metrics).phases
        said[more] = [stage.gate.criteria[0] if stage.gate else None for stage in phase.stages]
    first, second = "evidence: errors hardly worse than before", "evidence: errors at most 3 times as bad as before"
    assert said[""] == [first, second, None]
    assert said[", holdback: 5%"] == [first, second, f"{first}, by the 5 % held back"]


def test_a_phase_that_asks_for_nothing_has_no_gate() -> None:
    assert drawn("  - { id: a, lasts: 1d }").phases[0].gate is None


def test_words_that_could_steer_a_terminal_are_made_harmless() -> None:
    line = timeline(read_plan_text('tminus: 1\ntitle: "a\\e[31m\\nb\\u202e"\nphases: [{ id: a }]'))
    assert line.title == "a\N{REPLACEMENT CHARACTER}[31m b\N{REPLACEMENT CHARACTER}"


def test_dates_that_no_calendar_has_room_for_are_refused_with_one_line() -> None:
    with pytest.raises(UsageError, match="1900 to 9000"):
        drawn("  - { id: a, lasts: 1d }", "starts: 9999-12-31")
    with pytest.raises(UsageError, match="1900 to 9000"):
        drawn("  - { id: a, lasts: 36000d }\n" * 1 + "  - { id: b, lasts: 36000d }", "starts: 8850-01-01")


DATED = "starts: 2026-01-12T09:00:00"  # a Monday


def stages_of(stages: str, head: str = DATED, more: str = "") -> list[tuple[float, float]]:
    (phase,) = drawn(f"  - {{ id: a, {more}rollout: {{ flag: page, stages: [{stages}] }} }}", head).phases
    start = phase.begins.earliest
    return [((one.begins.earliest - start) / DAY, (one.ends.earliest - start) / DAY) for one in phase.stages]


def test_a_stage_begins_not_before_its_own_start() -> None:
    assert stages_of("{ to: 5%, starts: Tuesday 09:00, for: 1d }, { to: 100%, starts: +5d, for: 1d }") == [
        (1, 2),
        (5, 6),
    ]
    assert stages_of("{ to: 5%, for: 3d }, { to: 100%, starts: 2026-01-13T09:00:00, for: 1d }") == [(0, 3), (3, 4)]


def test_a_stages_weekday_needs_a_date_and_says_so() -> None:
    (phase,) = drawn(
        "  - { id: a, rollout: { flag: page, stages: [{ title: All, to: 100%, starts: Monday 09:00, for: 1d }] } }"
    ).phases
    assert phase.remarks == ("All starts Monday 09:00, and nothing says when this phase is",)
    assert phase.stages[0].begins == relative(0, 0)


def test_a_stage_without_a_time_leaves_the_end_open() -> None:
    (phase,) = drawn("  - { id: a, rollout: { flag: page, stages: [{ to: 5%, for: 2d }, { to: 100% }] } }").phases
    assert [(one.open_end, one.lasts_seconds) for one in phase.stages] == [(False, 2 * DAY), (True, 0)]
    assert phase.ends == relative(2, None)


def test_a_phase_on_a_weekday_begins_at_the_first_one_after_the_phase_before() -> None:
    line = drawn("  - { id: a, lasts: 1d..8d }\n  - { id: b, starts: Friday 09:00, lasts: 1d }", DATED)
    friday = unix("2026-01-16T09:00:00")
    assert line.phases[1].begins == Moment(friday, friday + 7 * DAY, dated=True)


def test_a_stage_says_its_regions_and_what_it_brings() -> None:
    head = "regions: { eu: { title: Europe, countries: [FR] } }"
    (phase,) = drawn(
        "  - { id: a, rollout: { flag: page, stages: [{ to: 100%, regions: [eu], features: [page], starts: +1d, for: 1d }] } }",
        head,
    ).phases
    (stage,) = phase.stages
    assert (stage.regions, stage.features, stage.starts) == (("Europe",), ("page",), "+1d")


def test_an_announcement_with_a_date_is_a_notice() -> None:
    told = "announcements: { a: { title: One, at: %s, phase: b }, w: { title: In words, when: soon } }"
    phases = "  - { id: a, lasts: 1w }\n  - { id: b, lasts: 1w }"
    moments = []
    for at in ("2026-01-20T10:00:00", "+2d", "Tuesday 09:00"):
        line = drawn(phases, f"{DATED}\n{told % at}")
        assert [notice.title for notice in line.notices] == ["One"]
        moments.append(line.notices[0].at.earliest)
    start = unix("2026-01-12T09:00:00")
    assert moments == [unix("2026-01-20T10:00:00"), start + 2 * DAY, start + 8 * DAY]
    assert [notice.at.dated for notice in drawn(phases, told % "+2d").notices] == [False]
    assert drawn(phases, told % "Monday").notices == ()
