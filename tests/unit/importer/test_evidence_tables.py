"""What a table lists is told by its columns and cells, whatever its heading says."""

from __future__ import annotations

import pytest

from tminus.importer.evidence_matrix import has_two_sides, matrix_columns, read_cells, read_feared
from tminus.importer.evidence_tables import topic_of_cells
from tminus.importer.page import Block, Kind
from tminus.importer.topics import Topic


def table(*lines: str) -> list[Block]:
    header, *rows = (tuple(cell.strip() for cell in line.split("|")) for line in lines)
    return [Block(Kind.ROW, at, " | ".join(row), cells=row, header=header) for at, row in enumerate(rows, start=1)]


def topic(*lines: str, title: str = "This and that") -> Topic | None:
    rows = table(*lines)
    return topic_of_cells(rows[0].header, rows, title)


@pytest.mark.parametrize(
    ("lines", "wanted"),
    [
        (("# | What | L | I | Then", "1 | Disk full | H | M | buy", "2 | DNS | L | H | spare"), Topic.RISKS),
        (("Rule | Fires | Where", "5xx | > 2% | #ops", "p95 | > 800 ms | pager"), Topic.ALERTS),
        (("After | Call", "5 min | Ada", "15 min | Bob"), Topic.ESCALATION),
        (("Line | Monthly", "Servers | 200 €", "Mail | 20 €"), Topic.BUDGET),
        (("When | Who | Cumulative", "Mon | staff | 1 %", "Tue | Bonn | 20 %", "Wed | all | 100 %"), Topic.STAGES),
        (("Signal | Halt when", "5xx | > 2%", "p95 | > 1 s"), Topic.TRIGGERS),
        (("Owner | Ada", "Version | 3", "Status | draft"), Topic.FACTS),
    ],
)
def test_columns_and_cells_say_what_a_table_lists(lines: tuple[str, ...], wanted: Topic) -> None:
    assert topic(*lines) is wanted


@pytest.mark.parametrize(
    "lines",
    [
        ("Box | Price | Cards", "Taster | €9 | 8", "Pantry | €24 | 24"),
        ("Version | Speed | CPU", "1 | 20 ms | 10 %", "2 | 10 ms | 20 %"),
        ("Line | Until | Gets", "1.x | over | nothing", "2.x | 2027-04 | security"),
        ("Time | Who | Task", "10 min | Ada | intro", "20 min | Bob | demo"),
        ("City | Users", "Berlin | 12 000", "Bonn | 3 000"),
    ],
)
def test_prices_results_support_agendas_and_sizes_are_nothing_to_steer_by(lines: tuple[str, ...]) -> None:
    assert topic(*lines) is None


def test_a_price_list_under_money_with_a_total_is_a_budget_all_the_same() -> None:
    assert topic("What | How much", "Servers | 200 €", "Total | 200 €", title="What we spend") is Topic.BUDGET


def test_a_matrix_has_a_target_for_each_column() -> None:
    rows = table("Signal | Ring 0 | Ring 1", "Crash-free | >= 98% | >= 99%", "Failures | - | < 3%")
    columns = matrix_columns(rows)
    found = [(name, target.comparator, target.number) for row in rows for name, target in read_cells(row, columns)]
    assert found == [("Ring 0", ">=", 98.0), ("Ring 1", ">=", 99.0), ("Ring 1", "<", 3.0)]


def test_a_baseline_beside_a_goal_is_no_matrix() -> None:
    assert matrix_columns(table("Metric | Now | Goal", "Errors | 3% | < 1%")) == []


def test_what_sends_one_back_is_feared_though_its_cell_has_no_sign() -> None:
    (row,) = table("Signal | Go on | Roll back at", "Error rate | < 0.5% | 2%")
    assert has_two_sides(row.header)
    (trigger,) = read_feared(row)
    assert trigger.target is not None
    assert (trigger.target.comparator, trigger.target.number) == (">", 2.0)
