"""What going back may set: nothing that the launch itself brings."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tminus.errors import Problem

Codes = Callable[[str], list[str]]
Check = Callable[[str], tuple[Problem, ...]]
FLAGS = """\
flags:
  button: { variants: { plain: 0, green: 1 }, default: plain }
  hint: {}
  banner: {}
experiments:
  button: { flag: button, arms: { plain: 50%, green: 50% }, to: 20%, metrics: { errors: less } }
phases:
  - id: release
    rollout: { flag: checkout, guards: [errors], stages: [{ to: 5%, for: 1d, features: [hint] }, { to: 25%, for: 1d }] }
    exit: [errors < 1%]
"""


def back(action: str) -> str:
    return f"{FLAGS}rollback: {{ when: [errors > 2% for 2m], do: [{action}] }}\n"


@pytest.mark.parametrize("flag", ["checkout", "hint", "button"])
@pytest.mark.parametrize("to", ["on", "20%"])
def test_what_a_rollout_a_feature_or_an_experiment_brings_is_not_given_again(flag: str, to: str, check: Check) -> None:
    found = [one for one in check(back(f"{{ flag: {flag}, to: {to} }}")) if one.code == "rollback-raises"]
    assert [(one.place, one.severity) for one in found] == [("rollback.do.0.to", "error")]


@pytest.mark.parametrize(
    "action", ["{ flag: checkout, to: off }", "{ flag: hint, to: 0% }", "{ flag: banner, to: on }"]
)
def test_taking_away_and_a_banner_are_fine(action: str, codes: Codes) -> None:
    assert "rollback-raises" not in codes(back(action))
