"""What a person is asked before a command: the words, what is to be chosen, and what will happen."""

from __future__ import annotations

from dataclasses import dataclass

from tminus.app.view import View

_SETTLED = {
    "done": ("It is done", "You looked, and it has happened. The launch counts it as done.", "It is done"),
    "again": ("Try it again", "It is done once more, as if for the first time.", "Try again"),
}


@dataclass(frozen=True, slots=True)
class Question:
    """A confirmation. `roles` are to be chosen from where there are any; `grave` paints the button red."""

    command: str
    target: str
    title: str
    consequence: str
    button: str
    roles: tuple[str, ...] = ()
    grave: bool = False
    outcome: str = ""


def ask(view: View, command: str, target: str = "", outcome: str = "") -> Question | None:
    """The question of a command for a launch as it is now; None for a command or a target there is none of."""
    if command == "sign":
        return _sign(view, target)
    if command == "settle":
        return _settle(view, target, outcome)
    if command in ("kill", "restore"):
        return _flag(view, command, target)
    plain = {
        "go": ("Say go", "The launch goes on once everything else at this gate holds too.", "Go"),
        "hold": ("Hold the launch", "Nothing goes further until somebody resumes. Guards keep watching.", "Hold"),
        "resume": _resume(view),
        "rollback": ("Roll back", view.rollback_consequence, "Roll back"),
        "abort": ("End the launch for good", view.abort_consequence, "End the launch"),
    }
    if command not in plain:
        return None
    title, consequence, button = plain[command]
    roles = tuple(view.go_roles) if command == "go" else ()
    return Question(command, "", title, consequence, button, roles, command in ("rollback", "abort"))


def _resume(view: View) -> tuple[str, str, str]:
    if view.status == "rolled-back":
        return "Send it out again", "The rollout starts again from its first stage, with fresh guards.", "Send it out"
    return "Resume", "The launch goes on as soon as everything holds.", "Resume"


def _sign(view: View, task: str) -> Question | None:
    box = next((box for box in view.boxes_waiting if box.task == task and box.roles), None)
    if box is None:
        return None
    title = box.text.partition(": waiting for ")[0]
    return Question(
        "sign", task, title, "You vouch that this is done. Your name goes into the log.", "Sign", tuple(box.roles)
    )


def _settle(view: View, key: str, outcome: str) -> Question | None:
    action = next((action for action in view.actions_stuck if action.key == key), None)
    if action is None or outcome not in _SETTLED:
        return None
    title, consequence, button = _SETTLED[outcome]
    return Question("settle", key, f"{title}: {action.title}", consequence, button, outcome=outcome)


def _flag(view: View, command: str, key: str) -> Question | None:
    flag = next((flag for flag in view.flags if flag.key == key), None)
    if flag is None:
        return None
    if command == "kill":
        text = f"Everybody gets “{flag.off}” within a second, whatever else is configured."
        return Question("kill", key, f"Switch {flag.title} off", text, "Kill", grave=True)
    return Question("restore", key, f"Put {flag.title} back", "Whoever was in has it again within a second.", "Restore")
