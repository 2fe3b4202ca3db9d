"""The demonstration: a real plan, a real service, real traffic. Act 1 ships a bad release, act 2 the mended one."""

from __future__ import annotations

import asyncio
import contextlib
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tminus.app.clock import SystemClock
from tminus.app.desk import Desk
from tminus.app.launching import begin_or_continue
from tminus.app.launchpad import Launchpad
from tminus.app.settings import Settings, free_port
from tminus.core.events import Recorded, RollbackStarted, StageStarted
from tminus.core.state import Status
from tminus.demo.inbox import Inbox
from tminus.demo.parts import Addresses, Part, service_part, traffic_part, traffic_report, until_up
from tminus.demo.people import sign_as_asked
from tminus.demo.probe import WayBack, find_canary, watch_way_back
from tminus.demo.verdict import verdict
from tminus.plan import Plan, read_plan
from tminus.plan.guarding import Evidence
from tminus.server.serve import serve

FAULT_RATE = 0.05
_BAD, _GOOD = "2.0.0-rc1", "2.0.0"


@dataclass(frozen=True)
class Script:
    """What the demonstration is told."""

    pace: float
    rate: float = 100.0
    users: int = 2000
    seed: int = 7
    port: int = 8620
    data: Path | None = None
    stay: bool = False  # go on serving after the last act
    time_limit: float = 345.0
    say: Callable[[str, str], None] = lambda mark, text: None
    show: Callable[[Launchpad], None] = lambda launchpad: None


@dataclass
class Stage:
    """Everything that runs while the demonstration does."""

    launchpad: Launchpad
    at: Addresses
    service_port: int
    directory: Path
    inbox: Inbox
    plan: Plan
    service: Part | None = None
    traffic: Part | None = None
    facts: dict[str, Any] = field(default_factory=dict)


def plan_path() -> Path:
    """The example plan: beside this file in a wheel, in `examples/` in a checkout."""
    packed = Path(__file__).parent / "plan.yaml"
    return packed if packed.exists() else Path(__file__).parents[3] / "examples/profile-enhancement/plan.yaml"


def shown_in_minutes(plan: Plan) -> Plan:
    """The plan with less to show before each next stage. A pace shortens waits, and evidence takes the traffic it takes: at a
    hundred requests a second, what the plan's weeks would show of rare failures cannot be shown in a minute."""
    enough = Evidence(below=0.02)
    phases = (
        phase.model_copy(update={"rollout": phase.rollout.model_copy(update={"evidence": enough})})
        if phase.rollout
        else phase
        for phase in plan.phases
    )
    return plan.model_copy(update={"phases": tuple(phases)})


async def play(script: Script) -> dict[str, Any]:
    """Both acts; what happened, as `tminus demo --json` prints it. Ends all it started, however it ends."""
    async with _set_up(script) as stage:
        started = time.time()
        try:
            async with asyncio.timeout(script.time_limit):
                await _act_one(stage, script)
                await _act_two(stage, script)
        except TimeoutError:
            script.say("✗", f"not finished within {script.time_limit:g} s")
        result = verdict(stage.launchpad, traffic_report(stage.directory), stage.facts, time.time() - started)
        result["messages_sent"] = len(stage.inbox.messages)
        if script.stay:
            script.say("✓" if result["ok"] else "✗", "Both acts are over. The page stays up; Ctrl-C ends everything.")
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.Event().wait()
        return result


@contextlib.asynccontextmanager
async def _set_up(script: Script) -> AsyncIterator[Stage]:
    async with contextlib.AsyncExitStack() as stack:
        directory = script.data or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="tminus-demo-")))
        directory.mkdir(parents=True, exist_ok=True)
        plan = shown_in_minutes(read_plan([plan_path()]))
        inbox = Inbox(show=lambda role, text: script.say("✉", f"{role}: {text.splitlines()[0] if text else ''}"))
        inbox_port = await inbox.open()
        stack.push_async_callback(inbox.close)
        reaches = {
            role.reach.removeprefix("env:"): f"json://127.0.0.1:{inbox_port}/{name}"
            for name, role in plan.roles.items()
            if role.reach
        }
        settings = Settings(data=directory, store=None, port=free_port("127.0.0.1", script.port), environment=reaches)
        launchpad = await asyncio.to_thread(Launchpad, settings)
        stack.push_async_callback(asyncio.to_thread, launchpad.close)
        clock = SystemClock()
        launch = begin_or_continue(launchpad.log, plan, "", script.pace, clock, actor="demo", allow_moves=True)
        await asyncio.to_thread(launchpad.adopt, launch)
        await stack.enter_async_context(_serving(launchpad))
        script.show(launchpad)
        service_port = free_port("127.0.0.1", settings.port + 1)
        at = Addresses(settings.address, f"http://127.0.0.1:{service_port}")
        stage = Stage(launchpad, at, service_port, directory, inbox, plan)
        stack.push_async_callback(_stop_parts, stage)
        yield stage


@contextlib.asynccontextmanager
async def _serving(launchpad: Launchpad) -> AsyncIterator[None]:
    up = asyncio.Event()
    async with _beside(serve(launchpad, started=up.set)) as task:
        waiting = asyncio.create_task(up.wait())
        await asyncio.wait({task, waiting}, return_when=asyncio.FIRST_COMPLETED)
        waiting.cancel()
        if task.done():
            task.result()
        yield


async def _act_one(stage: Stage, script: Script) -> None:
    script.say("▮", f"Act 1: release {_BAD} goes out. {FAULT_RATE:.0%} of the new page's requests will fail.")
    await _release(stage, _BAD, FAULT_RATE)
    stage.traffic = traffic_part(stage.at, stage.directory, rate=script.rate, users=script.users, seed=script.seed)
    await stage.traffic.start()
    desk = _desk(stage)
    async with _signing(desk):
        onset = await _until(desk, lambda one: isinstance(one.event, StageStarted))
        flag = next(iter(stage.plan.flags))
        canary = await find_canary(stage.at.tminus, flag, script.users)
        async with asyncio.TaskGroup() as watching:
            back = watching.create_task(watch_way_back(stage.at.tminus, flag, canary))
            fell = await _until(desk, lambda one: isinstance(one.event, RollbackStarted))
        way_back = back.result()
        await _until_status(desk, Status.ROLLED_BACK)
    await asyncio.sleep(1.5)  # requests that were under way come to their end and into the report
    stage.facts["act_1"] = _measured(onset, fell, way_back, traffic_report(stage.directory))
    served = stage.facts["act_1"]["seconds_from_onset_to_old_for_all"]
    script.say("✓", f"Rolled back: everybody had the old page {served:.1f} s after the first failure was possible.")


async def _act_two(stage: Stage, script: Script) -> None:
    script.say("▮", f"Act 2: release {_GOOD} is mended and goes out again.")
    assert stage.service is not None
    await stage.service.stop()
    await _release(stage, _GOOD, 0.0)
    desk = _desk(stage)
    stage.facts["act_2_began"] = time.time()
    await asyncio.to_thread(desk.command, "resume", "demo", reason=f"release {_GOOD} is deployed")
    async with _signing(desk):
        await _until_status(desk, Status.COMPLETED, Status.ROLLED_BACK, Status.ABORTED)
    if desk.ledger.state.status is Status.COMPLETED:
        script.say("✓", "The mended release is with everybody.")


async def _release(stage: Stage, release: str, fault_rate: float) -> None:
    stage.service = service_part(stage.at, stage.service_port, stage.directory, release=release, fault_rate=fault_rate)
    await stage.service.start()
    await until_up(stage.service, f"{stage.at.service}/health")


async def _stop_parts(stage: Stage) -> None:
    for part in (stage.traffic, stage.service):
        if part is not None:
            await part.stop()


def _desk(stage: Stage) -> Desk:
    assert stage.launchpad.desk is not None
    return stage.launchpad.desk


@contextlib.asynccontextmanager
async def _signing(desk: Desk) -> AsyncIterator[None]:
    async with _beside(sign_as_asked(desk)):
        yield


@contextlib.asynccontextmanager
async def _beside(work: Coroutine[Any, Any, None]) -> AsyncIterator[asyncio.Task[None]]:
    """Have `work` done beside what the block does, and end it with the block."""
    task = asyncio.create_task(work)
    try:
        yield task
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def _until(desk: Desk, wanted: Callable[[Recorded], bool]) -> Recorded:
    """The first event that is wanted, as soon as it is recorded."""
    after = 0
    while True:
        for one in desk.ledger.log.read(desk.ledger.launch, after):
            after = one.seq
            if wanted(one):
                return one
        await desk.changed(0.5)


async def _until_status(desk: Desk, *wanted: Status) -> None:
    while desk.ledger.state.status not in wanted:
        await desk.changed(0.5)


def _measured(onset: Recorded, fell: Recorded, back: WayBack, report: dict[str, Any]) -> dict[str, Any]:
    assert isinstance(fell.event, RollbackStarted)
    failed = [at for at in report.get("failed_new_times", []) if at >= onset.at]
    return {
        "onset_at": onset.at,
        "rolled_back_at": fell.at,
        "cause": fell.event.cause["text"],
        "evidence": fell.event.evidence,
        "seconds_from_onset_to_old_for_all": round(back.first_old_at - onset.at, 3),
        "seconds_from_decision_to_old_for_all": round(max(back.first_old_at - fell.at, 0.0), 3),
        "failed_canary_requests": len(failed),
    }
