"""What was noted is still there for a chart of any span, and takes no more room for it."""

from __future__ import annotations

import pytest

from tminus.app.notebook import MemoryNotebook

DAY = 86400


@pytest.fixture(scope="module")
def of_three_days() -> list[tuple[float, float]]:
    """One value a second for three days, and what is left of them."""
    notebook = MemoryNotebook()
    for second in range(3 * DAY):
        notebook.note("launch", float(second), {"load": second / 10})
    return notebook.series("launch", ["load"], -1.0)["load"]


@pytest.mark.parametrize("span", [300, 1800, 6 * 3600, 2 * DAY, 3 * DAY])
def test_a_chart_of_any_span_has_values_all_along(of_three_days: list[tuple[float, float]], span: float) -> None:
    since = 3 * DAY - span
    columns = {int((at - since) / span * 56) for at, _ in of_three_days if at >= since}
    assert columns == set(range(56))


def test_the_room_is_bounded_and_the_first_and_last_value_stay(of_three_days: list[tuple[float, float]]) -> None:
    assert len(of_three_days) <= 4000
    assert of_three_days[0] == (0.0, 0.0)
    assert of_three_days[-1] == (3 * DAY - 1, (3 * DAY - 1) / 10)
    assert all(value == at / 10 for at, value in of_three_days)


def test_of_many_values_a_second_the_oldest_give_way() -> None:
    notebook = MemoryNotebook()
    for number in range(20_000):
        notebook.note("launch", number / 1000, {"load": 1.0})
    points = notebook.series("launch", ["load"], -1.0)["load"]
    assert len(points) <= 4000
    assert points[-1][0] == 19.999


def test_a_name_nobody_wrote_down_is_empty() -> None:
    assert MemoryNotebook().series("launch", ["load"], 0.0) == {"load": []}
