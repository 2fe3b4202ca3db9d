"""How a plan reads that an import has written: grouped, short, with the lines it comes from."""

from __future__ import annotations

from tminus.importer.draft import (
    Alert,
    Announcement,
    Box,
    Command,
    Cost,
    Draft,
    Flag,
    Level,
    Phase,
    Recovery,
    Role,
    Routine,
    Stage,
    Target,
    Trigger,
    Variable,
)
from tminus.importer.writing import Written, write
from tminus.plan import Plan, examine_texts


def plan_of(written: Written) -> Plan:
    plan, problems = examine_texts({"plan.yaml": written.text})
    assert [str(one) for one in problems if one.severity == "error"] == []
    assert plan is not None
    return plan


def one_phase(**parts: object) -> Written:
    return write(Draft(title="Shop", phases=[Phase(1, "Beta", **parts)]), "page.md")  # type: ignore[arg-type]


def test_boxes_stand_under_their_headings_each_on_a_line_of_its_own() -> None:
    boxes = [
        Box(3, "Load test", group="Ready", checked=True, owner="CTO", priority="P1", estimate="4h"),
        Box(4, "No group"),
        Box(5, "Backup: all of it", group="Ready", boxes=[Box(6, "Restore one"), Box(8, "Measure it", lines=[9])]),
    ]
    text = one_phase(boxes=boxes).text
    assert (
        """    tasks:
      - do: Ready
        tasks:
          - { do: Load test, owner: cto, priority: high, estimate: 4h, done: true }  # line 3
          - do: "Backup: all of it"  # line 5
            tasks:
              - { do: Restore one }  # line 6
              - { do: Measure it }  # lines 8-9
      - { do: No group }  # line 4
"""
        in text
    )


def test_boxes_deeper_than_a_plan_may_nest_follow_each_other() -> None:
    box = Box(99, "deepest")
    for depth in range(3000, 0, -1):
        box = Box(depth, f"box {depth}", boxes=[box])
    written = one_phase(boxes=[box])
    assert "do: deepest" in written.text
    assert plan_of(written).phases[0].tasks[0].do == "box 1"


def test_a_stage_for_a_group_of_people_gets_a_cohort_and_those_before_stay_in() -> None:
    stages = [
        Stage(3, "Team", audience=["Staff"], lasts="2d"),
        Stage(4, "Some", share=0.1, lasts="1d..3d"),
        Stage(5, "All", 1.0),
    ]
    phase = plan_of(one_phase(stages=stages)).phases[0]
    assert phase.rollout is not None
    assert [(stage.to, stage.cohorts) for stage in phase.rollout.stages] == [
        (0, ("staff",)),
        (0.1, ("staff",)),
        (1, ("staff",)),
    ]
    assert [str(stage.for_ or "") for stage in phase.rollout.stages] == ["2d", "1d", ""]
    assert phase.rollout.stages[1].notes == ("Lasts 1d..3d",)


def test_a_stage_that_brings_nobody_new_is_kept_as_a_note_and_said() -> None:
    written = one_phase(stages=[Stage(3, "Half", share=0.5), Stage(4, "Fewer", share=0.2)])
    phase = plan_of(written).phases[0]
    assert phase.rollout is not None
    assert len(phase.rollout.stages) == 1
    assert phase.notes == ("Fewer, 20%",)
    assert any(doubt.line == 4 and "50%" in doubt.why for doubt in written.doubts)


def test_a_rollout_that_begins_again_has_a_flag_of_its_own() -> None:
    phases = [
        Phase(1, "Beta", stages=[Stage(2, "All", share=1.0)]),
        Phase(3, "Launch", stages=[Stage(4, "Few", share=0.1)]),
    ]
    plan = plan_of(write(Draft(title="The Shop launch plan", phases=phases), "page.md"))
    assert [phase.rollout.flag for phase in plan.phases if phase.rollout] == ["shop", "shop-launch"]


def test_regions_are_countries_where_the_name_is_known() -> None:
    stages = [
        Stage(2, "A", 0.1, regions=["US", "Canada"]),
        Stage(3, "B", 0.2, regions=["EU"]),
        Stage(4, "C", 0.3, regions=["Narnia"]),
    ]
    written = one_phase(stages=[*stages, Stage(5, "D", 0.4, regions=["Global"])])
    plan = plan_of(written)
    assert plan.regions["us"].countries == ("US",)
    assert len(plan.regions["eu"].countries) == 27
    assert plan.regions["narnia"].countries == ()
    assert plan.regions["global"].everywhere
    assert plan.phases[0].rollout is not None
    assert plan.phases[0].rollout.stages[1].regions == ("us", "canada", "eu")
    assert [doubt.line for doubt in written.doubts if "Narnia" in doubt.why] == [4]


def test_a_metric_has_a_unit_where_all_who_ask_agree() -> None:
    targets = [
        Target(2, "Error rate", "<", 0.1, "%"),
        Target(3, "Speed", "<", 200, "ms"),
        Target(4, "Speed", "<", 20, "%"),
        Target(5, "Engagement", ">", 15, "%", relative=True, baseline="40%"),
    ]
    plan = plan_of(one_phase(targets=targets))
    assert plan.metrics["error_rate"].unit == "%"
    assert plan.metrics["speed"].unit == ""
    assert str(plan.metrics["engagement"].baseline) == "40%"


def test_targets_of_one_gate_that_contradict_each_other_are_not_both_asked() -> None:
    written = one_phase(targets=[Target(2, "Uptime", ">", 99.9, "%"), Target(3, "Uptime", "<", 99, "%")])
    assert [str(one) for one in plan_of(written).phases[0].exit] == ["uptime > 99.9%"]
    assert [doubt.line for doubt in written.doubts] == [3]


def test_what_has_no_number_is_kept_under_later() -> None:
    rate = Target(4, "Error rate", ">", 5, "%", lasting="5m")
    draft = Draft(
        title="Shop",
        alerts=[
            Alert(2, "Somebody calls", "critical", channels=["Phone"]),
            Alert(4, "Errors", "warning", rate, "5m", ["#ops"]),
        ],
        triggers=[Trigger(5, "It feels wrong"), Trigger(6, "Errors", rate)],
        tiers=[Level(7, "First line", "Support")],
    )
    written = write(draft, "page.md")
    plan = plan_of(written)
    assert plan.later["alerts"] == [{"alert": "Somebody calls", "severity": "critical", "channels": ["Phone"]}]
    assert plan.later["rollback-triggers"] == ["It feels wrong"]
    assert plan.later["support-tiers"] == [{"title": "First line", "who": "Support"}]
    assert [str(one) for one in plan.rollback.when] == ["error_rate > 5% for 5m"]
    assert [(str(one.when), one.severity, one.notify) for one in plan.alerts] == [
        ("error_rate > 5% for 5m", "medium", ("ops",))
    ]
    assert {doubt.line for doubt in written.doubts} == {2, 5}


def test_what_comes_later_is_a_phase_where_it_has_boxes_to_tick() -> None:
    phases = [
        Phase(1, "Launch"),
        Phase(2, "Year two", later=True, lasts="1w", boxes=[Box(3, "Grow")], targets=[Target(4, "Users", ">", 1000)]),
        Phase(5, "First month", later=True, boxes=[Box(6, "Look back", checked=False)]),
    ]
    plan = plan_of(write(Draft(title="Shop", phases=phases), "page.md"))
    assert [phase.id for phase in plan.phases] == ["launch", "first-month"]
    assert [(entry.title, entry.when, entry.do) for entry in plan.roadmap] == [("Year two", "1w", ("Grow",))]
    assert [str(kpi.that) for kpi in plan.kpis] == ["users > 1000"]


def test_a_budget_keeps_open_ends_groups_and_what_is_free() -> None:
    costs = [
        Cost(1, "Hosting", low=25, high=200, open_end=True, currency="$", per="month", group="Running"),
        Cost(2, "Mail", low=0),
        Cost(3, "Adverts"),
        Cost(4, "Running", "group", low=300, currency="$", group="Running"),
        Cost(5, "Sum", "total", low=1000, high=2000, currency="$"),
        Cost(6, "Gold", low=5, currency="bars"),
    ]
    written = write(Draft(title="Shop", costs=costs), "page.md")
    budget = plan_of(written).budget
    assert budget is not None
    assert [str(line.cost or "") for line in budget.lines] == ["$25..200+", "free", "", ""]
    assert str(budget.total) == "$1000..2000"
    assert {name: str(cost) for name, cost in budget.groups.items()} == {"Running": "$300"}
    assert budget.lines[3].notes == ("Cost: 5 bars",)


def test_variables_are_names_and_nothing_else() -> None:
    draft = Draft(
        title="Shop",
        variables=[Variable(2, "API_KEY", "Staging", secret=True), Variable(3, "HOST"), Variable(4, "HOST")],
    )
    plan = plan_of(write(draft, "page.md"))
    assert {name: one.requires for name, one in plan.environments.items()} == {
        "staging": ("API_KEY",),
        "production": ("HOST",),
    }


def test_values_that_a_plan_cannot_read_are_kept_in_words() -> None:
    draft = Draft(
        title="Shop",
        starts="next Tuesday",
        timezone="Middle-earth",
        phases=[Phase(1, "Beta", lasts="a while", starts="soon", commands=[Command(2, "make deploy", "Deploy")])],
        recovery=[Recovery(3, "1h", "nothing", "1d")],
        routines=[Routine(4, "Look", "day", at="noon")],
        announcements=[Announcement(5, "Blog", "two weeks before", ["Mail"])],
        flags=[Flag(6, "newCheckout", True)],
        roles=[Role(7, "CTO", "Ann"), Role(8, "CTO", "Bert")],
        escalation=[Level(9, "First", "CTO + On-call", 0, 15), Level(10, "Second", "CEO", 15)],
    )
    written = write(draft, "page.md")
    plan = plan_of(written)
    assert plan.notes == ("Starts next Tuesday", "Time zone: Middle-earth")
    assert plan.phases[0].notes == ("Starts soon", "Lasts a while")
    assert plan.recovery is not None
    assert plan.recovery.notes == ("RPO nothing",)
    assert plan.routines["look"].notes == ("At noon",)
    assert plan.announcements["blog"].when == "two weeks before"
    assert plan.flags["new-checkout"].default == "on"
    assert plan.roles["cto"].people == ("Ann", "Bert")
    assert [level.notify for level in plan.escalation] == [("cto", "on-call"), ("ceo",)]
    assert [str(level.after or "") for level in plan.escalation] == ["", "15m"]
    assert "- { run: make deploy }  # line 2; Deploy" in written.text


def test_the_head_says_from_where_it_came_and_nothing_of_folders() -> None:
    text = write(Draft(title="Shop"), "page.md").text
    assert text.startswith("# Imported from page.md.")
    assert "tminus import page.md -o plan.yaml" in text


def test_the_window_of_an_alert_is_said_once() -> None:
    rate = Target(2, "Debit failures", ">", 2, "%", over="5m")
    alerts = [Alert(2, "Debits", "page", rate, "5m"), Alert(3, "Debits, longer", "page", rate, "10m")]
    plan = plan_of(write(Draft(title="Shop", alerts=alerts), "page.md"))
    assert [str(one.when) for one in plan.alerts] == ["debit_failures > 2% over 5m"] * 2
    assert [bool(one.for_) for one in plan.alerts] == [False, True]


def test_a_stage_has_its_go_and_the_one_for_everybody_has_no_cohorts() -> None:
    first = Stage(2, "Canary", 0.02, lasts="1d", audience=["Staff"], roles=["Ada + Ben"])
    plan = plan_of(one_phase(stages=[first, Stage(3, "Full", 1.0, lasts="1d", everybody=True, roles=["Ada"])]))
    rollout = plan.phases[0].rollout
    assert rollout is not None
    assert [(stage.cohorts, stage.go) for stage in rollout.stages] == [(("staff",), ("ada", "ben")), ((), ("ada",))]
