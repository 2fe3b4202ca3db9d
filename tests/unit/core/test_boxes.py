from __future__ import annotations

from support.launches import HOUR, Course, course, kinds, ratio
from tminus.core import commands
from tminus.core import events as e
from tminus.core.boxes import is_proven

PROBED = """
phases:
  - id: prepare
    tasks: [{ do: It answers, id: answers, proof: { http: { url: "https://x.example.org/" } } }]
"""
PARTS = """
phases:
  - id: prepare
    tasks:
      - do: Whole
        id: whole
        tasks: [{ do: One, id: one, owner: lead }, { do: Two, id: two, owner: lead }]
"""


def fail(launch: Course, error: str = "status 503") -> None:
    attempt = launch.state.actions["probe-http:answers"].attempt + 1
    launch.record(e.ActionStarted(key="probe-http:answers", attempt=attempt))
    launch.record(e.ActionFailed(key="probe-http:answers", attempt=attempt, error=error, final=True))


def test_a_probe_is_asked_for_and_its_success_proves_the_box() -> None:
    launch = course(PROBED)
    assert launch.state.actions["probe-http:answers"].request.kind == "probe-http"
    launch.record(e.ActionSucceeded(key="probe-http:answers", attempt=1, output="200"))
    assert launch.rest()[0] == e.TaskProven(task="answers", evidence={"probe-http": "200"})


def test_a_failed_probe_is_tried_again_with_growing_pauses() -> None:
    launch, pauses = course(PROBED), []
    for _ in range(6):
        fail(launch)
        failed = launch.now
        while "ActionRequested" not in kinds(launch.rest()):
            launch.now += 1
        pauses.append(launch.now - failed)
    assert pauses == [5, 15, 60, 300, 900, 900]


def test_a_box_with_everything_asks_for_everything() -> None:
    launch = course("""
phases:
  - id: prepare
    tasks:
      - do: All
        id: all
        proof: { sign-off: lead, command: { run: ./check }, holds: [errors < 1%] }
""")
    launch.do()
    launch.rest()
    launch.tell(commands.sign, "all", "lead")
    launch.rest()
    assert not is_proven(launch.outline, launch.state, "all", launch.now)
    launch.found["errors"] = ratio(0, 5000)
    proven = launch.rest()[0]
    assert isinstance(proven, e.TaskProven)
    assert set(proven.evidence) == {"signed", "probe-command", "criteria"}


def test_a_probe_waits_for_the_boxes_before_it() -> None:
    launch = course("""
phases:
  - id: prepare
    tasks:
      - { do: First, id: first, owner: lead }
      - { do: Then, id: then, after: [first], proof: { command: { run: ./x } } }
""")
    assert "probe-command:then" not in launch.state.actions
    launch.tell(commands.sign, "first", "lead")
    launch.rest()
    assert "probe-command:then" in launch.state.actions


def test_a_box_of_parts_is_proven_when_all_of_them_are() -> None:
    launch = course(PARTS)
    launch.tell(commands.sign, "one", "lead")
    launch.rest()
    before = is_proven(launch.outline, launch.state, "whole", launch.now)
    launch.tell(commands.sign, "two", "lead")
    launch.rest()
    assert (before, is_proven(launch.outline, launch.state, "whole", launch.now)) == (False, True)


def test_what_does_not_apply_does_not_apply_in_its_parts_either() -> None:
    launch = course(PARTS.replace("id: whole", "id: whole\n        skip: we have no such thing"))
    assert launch.log[-1].event == e.LaunchCompleted()


def test_the_parts_of_an_optional_box_block_nothing() -> None:
    launch = course(PARTS.replace("id: whole", "id: whole\n        optional: true"))
    assert launch.log[-1].event == e.LaunchCompleted()


def test_a_box_that_names_nobody_is_signed_by_anyone() -> None:
    launch = course("phases: [{ id: prepare, tasks: [{ do: Sweep, id: sweep }] }]")
    launch.wait(HOUR)
    launch.tell(commands.sign, "sweep", "support")
    assert "TaskProven" in kinds(launch.rest())


def test_boxes_are_proven_while_a_person_holds_the_launch_and_nothing_else_happens() -> None:
    launch = course(PARTS)
    launch.tell(commands.hold, "ann")
    launch.tell(commands.sign, "one", "lead")
    launch.tell(commands.sign, "two", "lead")
    assert kinds(launch.rest()) == ["TaskProven", "TaskProven"]
