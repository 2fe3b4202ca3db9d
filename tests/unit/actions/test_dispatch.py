"""Jobs in threads: results, time-outs, surprises, and a quick end."""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tminus.actions import CommandRunner, ThreadDispatcher
from tminus.errors import ActionError, SourceError, UsageError
from tminus.ports import Job, Result


class HandClock:
    """A clock that the test moves."""

    def __init__(self) -> None:
        self.at = 1000.0

    def now(self) -> float:
        return self.at


class Does:
    """A performer made of a function."""

    def __init__(self, work: Callable[[Job], str]) -> None:
        self.perform = work


def a_job(key: str = "k", kind: str = "does", timeout: float = 10.0, attempt: int = 1) -> Job:
    return Job("launch", key, kind, {}, timeout, attempt)


def collect(dispatcher: ThreadDispatcher, count: int) -> list[Result]:
    """Wait for that many results."""
    results: list[Result] = []
    end = time.monotonic() + 20
    while len(results) < count and time.monotonic() < end:
        results += dispatcher.finished()
        time.sleep(0.002)
    return results


def test_a_job_is_performed_and_its_time_measured() -> None:
    clock, woken = HandClock(), threading.Event()

    def work(job: Job) -> str:
        clock.at += 2.5
        return f"did {job.key}"

    dispatcher = ThreadDispatcher({"does": Does(work)}, clock, on_done=woken.set)
    dispatcher.submit(a_job(attempt=3))
    assert woken.wait(20)
    assert dispatcher.finished() == [Result("k", 3, 2.5, "did k")]
    assert dispatcher.finished() == []


def test_a_clock_that_is_set_back_gives_no_negative_time() -> None:
    clock = HandClock()

    def work(job: Job) -> str:
        clock.at -= 3600
        return ""

    dispatcher = ThreadDispatcher({"does": Does(work)}, clock)
    dispatcher.submit(a_job())
    assert collect(dispatcher, 1)[0].seconds == 0.0


@pytest.mark.parametrize(
    ("error", "words", "retryable"),
    [
        (ActionError("no such host", hint="look", retryable=True), "no such host (look)", True),
        (ActionError("status 3"), "status 3", False),
        (SourceError("gone"), "gone", True),
        (ActionError(""), "action", False),
    ],
)
def test_an_error_on_purpose_says_itself_whether_to_try_again(error: Exception, words: str, retryable: bool) -> None:
    def work(job: Job) -> str:
        raise error

    dispatcher = ThreadDispatcher({"does": Does(work)}, HandClock())
    dispatcher.submit(a_job())
    assert collect(dispatcher, 1) == [Result("k", 1, 0.0, error=words, retryable=retryable)]


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (KeyError("url"), "unexpected KeyError: 'url'"),
        (RuntimeError("one\ntwo"), "unexpected RuntimeError: one"),
        (ZeroDivisionError(), "unexpected ZeroDivisionError"),
        (SystemExit(3), "unexpected SystemExit: 3"),
        (KeyboardInterrupt(), "unexpected KeyboardInterrupt"),
        (MemoryError(), "unexpected MemoryError"),
    ],
)
def test_a_surprise_is_one_line_is_logged_and_not_tried_again(
    error: BaseException, words: str, caplog: pytest.LogCaptureFixture
) -> None:
    def work(job: Job) -> str:
        raise error

    dispatcher = ThreadDispatcher({"does": Does(work)}, HandClock())
    with caplog.at_level(logging.ERROR):
        dispatcher.submit(a_job())
        assert collect(dispatcher, 1) == [Result("k", 1, 0.0, error=words)]
    assert "performing k failed" in caplog.text


def test_a_kind_nobody_performs_is_an_error_not_a_crash() -> None:
    dispatcher = ThreadDispatcher({}, HandClock())
    dispatcher.submit(a_job(kind="teleport"))
    assert collect(dispatcher, 1)[0].error == "nothing here can perform 'teleport'"


def test_a_job_counts_as_running_until_its_result_was_fetched() -> None:
    woken = threading.Event()
    dispatcher = ThreadDispatcher({"does": Does(lambda job: "")}, HandClock(), on_done=woken.set)
    dispatcher.submit(a_job())
    assert woken.wait(20)  # it has ended, and yet nobody may take it for dead and start it again
    assert dispatcher.running() == {"k"}
    with pytest.raises(UsageError, match="k is under way already"):
        dispatcher.submit(a_job(attempt=2))
    assert len(dispatcher.finished()) == 1
    assert dispatcher.running() == frozenset()


def test_a_hung_job_is_given_up_and_what_it_brings_later_is_ignored() -> None:
    clock, go, late = HandClock(), threading.Event(), threading.Event()

    def work(job: Job) -> str:
        if job.attempt == 1:
            go.wait(20)
            late.set()
        return f"attempt {job.attempt}"

    dispatcher = ThreadDispatcher({"does": Does(work)}, clock, grace=2.0)
    dispatcher.submit(a_job(timeout=10))
    clock.at += 11
    assert dispatcher.finished() == []  # within the grace: its own words would be better
    clock.at += 2
    assert dispatcher.finished() == [Result("k", 1, 13.0, error="no result within 10 s", retryable=True)]
    dispatcher.submit(a_job(attempt=2))
    go.set()
    assert late.wait(20)
    results = collect(dispatcher, 1)
    time.sleep(0.05)
    assert [*results, *dispatcher.finished()] == [Result("k", 2, 0.0, "attempt 2")]


def test_no_more_than_eight_work_at_once_and_all_get_their_turn() -> None:
    lock, at_once, most = threading.Lock(), 0, 0

    def work(job: Job) -> str:
        nonlocal at_once, most
        with lock:
            at_once += 1
            most = max(most, at_once)
        time.sleep(0.02)
        with lock:
            at_once -= 1
        return job.key

    dispatcher = ThreadDispatcher({"does": Does(work)}, HandClock())
    for n in range(40):
        dispatcher.submit(a_job(f"k{n}"))
    assert len(dispatcher.running()) == 40
    assert {result.output for result in collect(dispatcher, 40)} == {f"k{n}" for n in range(40)}
    assert most == 8


def test_hung_jobs_give_their_places_back_and_a_queued_job_is_not_timed_while_it_waits() -> None:
    clock, go = HandClock(), threading.Event()
    dispatcher = ThreadDispatcher(
        {"hangs": Does(lambda job: str(go.wait(20))), "does": Does(lambda job: "done")}, clock
    )
    for n in range(8):
        dispatcher.submit(a_job(f"h{n}", "hangs"))
    dispatcher.submit(a_job("rollback"))
    clock.at += 60
    given_up = dispatcher.finished()
    assert {result.key for result in given_up} == {f"h{n}" for n in range(8)}
    assert collect(dispatcher, 1) == [Result("rollback", 1, 0.0, "done")]
    go.set()


def test_closing_ends_commands_does_not_wait_for_threads_and_starts_nothing_more(tmp_path: Path) -> None:
    go = threading.Event()
    runner = CommandRunner(tmp_path)
    dispatcher = ThreadDispatcher({"run": runner, "hangs": Does(lambda job: str(go.wait(60)))}, HandClock())
    spec = {"command": ["echo $$ > pid; sleep 60"], "shell": True}
    dispatcher.submit(replace(a_job("command", "run"), spec=spec))
    dispatcher.submit(a_job("hung", "hangs"))
    end = time.monotonic() + 20
    while not ((tmp_path / "pid").exists() and (tmp_path / "pid").read_text().strip()):
        assert time.monotonic() < end
        time.sleep(0.01)
    pid = (tmp_path / "pid").read_text().strip()
    dispatcher.close()
    assert not go.is_set()
    stat = Path(f"/proc/{pid}/stat")
    assert not stat.exists() or stat.read_text().rsplit(")", 1)[1].split()[0] == "Z"
    dispatcher.submit(a_job("late"))
    assert "late" not in dispatcher.running()
    go.set()
