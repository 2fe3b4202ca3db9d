"""Real commands: what they print, how they end, and that nothing of them is left."""

import os
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tminus.actions import CommandRunner
from tminus.errors import ActionError
from tminus.ports import Job

Make = Callable[..., Job]

# Starts two children that ignore requests to end, writes down their process ids, and hangs.
FAMILY = """
import os, signal, sys, time
for _ in range(2):
    if os.fork() == 0:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        open(f"{sys.argv[1]}/{os.getpid()}", "w").close()
        time.sleep(60)
print("waiting", flush=True)
time.sleep(60)
"""


def is_alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def until(condition: Callable[[], bool], seconds: float = 20.0) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.01)
    return False


def run(job: Make, *command: str, timeout: float = 20.0, shell: bool = False, cwd: str | None = None) -> Job:
    return job("run", timeout=timeout, command=list(command), shell=shell, cwd=cwd)


@pytest.fixture
def runner(tmp_path: Path) -> CommandRunner:
    return CommandRunner(tmp_path)


def test_what_a_command_prints_is_its_result(runner: CommandRunner, job: Make) -> None:
    assert runner.perform(run(job, "sh", "-c", "echo one; echo two >&2")) == "one\ntwo"
    assert runner.perform(run(job, "true")) == "status 0, no output"


def test_a_list_is_not_a_shell_line_and_a_shell_line_is(runner: CommandRunner, job: Make) -> None:
    assert runner.perform(run(job, "echo", "$HOME; ls")) == "$HOME; ls"
    assert runner.perform(run(job, "echo $((20 + 3)) | tr 2 4", shell=True)) == "43"


def test_a_command_knows_its_launch_and_key_and_gets_no_input(runner: CommandRunner, job: Make) -> None:
    printed = runner.perform(run(job, 'cat; echo "$TMINUS_LAUNCH $TMINUS_KEY"', shell=True))
    assert printed == "profile-1 profile-1:rollback:1:2"


def test_a_command_runs_where_the_plan_says(runner: CommandRunner, tmp_path: Path, job: Make) -> None:
    (tmp_path / "deploy").mkdir()
    assert runner.perform(run(job, "pwd")) == str(tmp_path)
    assert runner.perform(run(job, "pwd", cwd="deploy")) == str(tmp_path / "deploy")
    with pytest.raises(ActionError, match=r"there is no directory .*/nowhere"):
        runner.perform(run(job, "pwd", cwd="nowhere"))


def test_a_failure_says_the_status_and_the_last_line_first_and_is_lasting(runner: CommandRunner, job: Make) -> None:
    with pytest.raises(ActionError) as caught:
        runner.perform(run(job, "echo rolling out; echo no such host >&2; exit 3", shell=True))
    assert str(caught.value) == "ended with status 3: no such host\nrolling out\nno such host"
    assert not caught.value.retryable


def test_status_75_asks_for_another_try(runner: CommandRunner, job: Make) -> None:
    with pytest.raises(ActionError, match="ended with status 75") as caught:
        runner.perform(run(job, "exit 75", shell=True))
    assert caught.value.retryable


def test_a_command_that_was_killed_says_by_what(runner: CommandRunner, job: Make) -> None:
    with pytest.raises(ActionError, match="was ended by SIGKILL"):
        runner.perform(run(job, "kill -9 $$", shell=True))


@pytest.mark.parametrize(
    ("command", "reason"),
    [
        (["no-such-program"], "No such file"),
        (["./deploy"], "Permission denied"),
        ([], "nothing"),
        (["a\0b"], "null"),
    ],
)
def test_a_command_that_cannot_start_is_a_lasting_error(
    runner: CommandRunner, tmp_path: Path, job: Make, command: list[str], reason: str
) -> None:
    (tmp_path / "deploy").write_text("echo forgot to make it executable")
    with pytest.raises(ActionError, match=f"cannot run .*{reason}") as caught:
        runner.perform(run(job, *command))
    assert not caught.value.retryable


def test_the_last_two_thousand_characters_of_much_output_are_kept(runner: CommandRunner, job: Make) -> None:
    printed = runner.perform(run(job, sys.executable, "-c", "print('x' * 5_000_000); print('é' * 1999)"))
    assert len(printed) == 2000
    assert printed.endswith("\n" + "é" * 1999)


def test_control_sequences_and_broken_text_do_not_reach_the_log(runner: CommandRunner, job: Make) -> None:
    assert runner.perform(run(job, "printf", r"\033[31mred\033[0m\000\377 \r\nnext")) == "[31mred[0m\ufffd \nnext"


def test_at_its_time_limit_a_command_ends_with_all_its_children(
    runner: CommandRunner, tmp_path: Path, job: Make
) -> None:
    children = tmp_path / "children"
    children.mkdir()
    with pytest.raises(ActionError, match=r"ended after its 1.5 s were over: waiting") as caught:
        runner.perform(run(job, sys.executable, "-c", FAMILY, str(children), timeout=1.5))
    assert caught.value.retryable
    pids = [int(name) for name in os.listdir(children)]
    assert len(pids) == 2
    assert until(lambda: not any(is_alive(pid) for pid in pids))


def test_a_command_may_tidy_up_when_its_time_is_over(runner: CommandRunner, tmp_path: Path, job: Make) -> None:
    script = "trap 'echo tidied > tidied; exit 1' TERM; while true; do sleep 0.05; done"
    with pytest.raises(ActionError, match="were over"):
        runner.perform(run(job, script, shell=True, timeout=0.5))
    assert (tmp_path / "tidied").read_text() == "tidied\n"


def test_a_server_left_in_the_background_is_neither_waited_for_nor_ended(
    runner: CommandRunner, tmp_path: Path, job: Make
) -> None:
    assert runner.perform(run(job, "sleep 30 & echo $! > pid; echo started", shell=True)) == "started"
    pid = int((tmp_path / "pid").read_text())
    assert is_alive(pid)
    os.kill(pid, 9)


def test_closing_ends_what_runs_with_its_children_and_nothing_starts_after(
    runner: CommandRunner, tmp_path: Path, job: Make
) -> None:
    children, errors = tmp_path / "children", []
    children.mkdir()

    def work() -> None:
        try:
            runner.perform(run(job, sys.executable, "-c", FAMILY, str(children), timeout=50))
        except ActionError as error:
            errors.append(str(error))

    thread = threading.Thread(target=work)
    thread.start()
    assert until(lambda: len(os.listdir(children)) == 2)
    runner.close()
    thread.join(20)
    assert errors == ["was ended by SIGTERM: waiting"]
    assert until(lambda: not any(is_alive(int(name)) for name in os.listdir(children)))
    with pytest.raises(ActionError, match="T-minus is stopping"):
        runner.perform(run(job, "true"))
