"""The gold files say what the table says, and the matcher that holds an importer against them can say no."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from support.gold import OTHER_KINDS, TABLE_KINDS, Gold, Outcome, compare, count, load_gold, read_gold

FILES = sorted((Path(__file__).parents[2] / "gold").glob("*.yaml"))
TABLE = {
    "dojopool": {"phases": 3, "later": 5, "boxes": 20, "targets": 32, "zero": 1, "stages": 3, "alerts": 11,
                 "triggers": 4, "escalation": 3, "risks": 8},
    "repz": {"phases": 5, "boxes": 23, "targets": 27, "stages": 9, "escalation": 4, "risks": 7, "costs": 10,
             "unpriced": 3, "groups": 4, "totals": 1},
    "profile-enhancement": {"phases": 3, "later": 3, "boxes": 29, "targets": 54, "target_lines": 53, "zero": 1,
                            "stages": 4, "alerts": 5, "triggers": 4},
    "scalemate-sprint-10": {"blocks": 6, "boxes": 126, "targets": 7, "zero": 1, "alerts": 3, "risks": 3},
    "rally-connect": {"phases": 5, "boxes": 217, "targets": 19, "stages": 2, "escalation": 3, "costs": 8, "totals": 1},
}  # fmt: skip


def gold_of(**sections: Any) -> Gold:
    return read_gold({"page": "page.md", **sections})


def one(kind: str, row: dict[str, Any], *items: dict[str, Any]) -> Outcome:
    """One gold item against a report of items of its kind."""
    sections = {"box": "boxes", "phase": "phases", "level": "escalation"}
    said = [{"kind": kind, "line": 5, "text": "", **item} for item in items]
    return compare(gold_of(**{sections.get(kind, f"{kind}s"): [{"line": 5, **row}]}), {"items": said})


def target(metric: str, criterion: str, **more: Any) -> dict[str, Any]:
    return {"metric": metric, "criterion": criterion, **more}


def verdicts(outcome: Outcome) -> tuple[int, int, int, int]:
    """Found, missed, wrong, invented over all kinds."""
    kinds = (*TABLE_KINDS, *OTHER_KINDS)
    found, missed, wrong, invented = (outcome.count(name, kinds) for name in ("found", "missed", "wrong", "invented"))
    return found, missed, wrong, invented


FOUND, MISSED, WRONG = (1, 0, 0, 0), (0, 1, 0, 0), (0, 0, 1, 0)
ERRORS = {"words": "error rate", "is": "< 0.1%"}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_counts_of_a_gold_file_are_those_of_its_lists(path: Path) -> None:
    gold = load_gold(path)
    assert count(gold) == gold.counts


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_gold_file_agrees_with_the_table_of_the_five_plans(path: Path) -> None:
    counted = count(load_gold(path))
    stated = TABLE[path.stem]
    # A total of lines is of interest only where it differs from the total of numbers.
    assert {name: number for name, number in counted.items() if name in stated} == stated
    assert not [name for name, number in counted.items() if number and name not in stated and name != "target_lines"]


def test_there_is_a_gold_file_for_each_of_the_five_plans() -> None:
    assert {path.stem for path in FILES} == set(TABLE)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_no_two_gold_items_of_a_kind_are_the_same(path: Path) -> None:
    told = [(item.line, str(item)) for item in load_gold(path).items]
    assert len(told) == len(set(told))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_gold_keeps_to_a_few_telling_words(path: Path) -> None:
    words = [part for item in load_gold(path).items for part in str(item.facts.get("words", "")).split(" | ")]
    assert [text for text in words if text != text.lower() or len(text.split()) > 4] == []


def test_a_target_with_the_words_number_and_comparator_is_found() -> None:
    assert verdicts(one("target", ERRORS, target("Error rate", "error_rate < 0.1%"))) == FOUND


def test_the_same_number_in_another_unit_is_found() -> None:
    wanted = {"words": "load", "is": "< 2s"}
    assert verdicts(one("target", wanted, target("page_load", "page_load < 2000ms"))) == FOUND


@pytest.mark.parametrize(
    "criterion",
    [
        "error_rate < 1%", "error_rate < 0.1", "error_rate < 0.1s", "error_rate <= 0.1%", "error_rate > 0.1%",
        "error_rate -0.1% vs baseline", "error_rate < 0.1..0.2%", "zero error_rate", "no criterion",
    ],
)  # fmt: skip
def test_another_number_unit_or_comparator_is_wrong(criterion: str) -> None:
    assert verdicts(one("target", ERRORS, target("Error rate", criterion))) == WRONG


def test_another_metric_is_wrong_even_where_the_sentence_has_the_words() -> None:
    said = target("latency", "latency < 0.1%", text="Error rate: < 0.1%")
    assert verdicts(one("target", ERRORS, said)) == WRONG


@pytest.mark.parametrize(
    ("wanted", "criterion", "verdict"),
    [
        (">= 99.9% | > 99.9%", "it > 99.9%", FOUND), (">= 99.9% | > 99.9%", "it < 99.9%", WRONG),
        ("+15%", "it >= +15% vs baseline", FOUND), ("+15%", "it +15% vs baseline", FOUND),
        ("+15%", "it >= 15%", WRONG), ("+15%", "it -15% vs baseline", WRONG), ("-20%", "it -20% vs baseline", FOUND),
        ("8..12", "it 8..12", FOUND), ("8..12", "it 8..13", WRONG), ("$25..50", "it $25..$50", FOUND),
        ("$25..50", "it 25..50", WRONG), ("$25..50", "it €25..€50", WRONG), ("> 4.5/5", "it > 4.5/5", FOUND),
        ("> 4.5/5", "it > 4.5/10", WRONG), ("> 50/day", "it > 50/day", FOUND), ("> 50/day", "it > 50/week", WRONG),
        ("zero", "zero it", FOUND), ("zero", "it < 1", WRONG), ("= 0 | zero", "it = 0", FOUND),
    ],
)  # fmt: skip
def test_every_form_of_a_number_is_compared(wanted: str, criterion: str, verdict: tuple[int, ...]) -> None:
    assert verdicts(one("target", {"words": "it", "is": wanted}, target("it", criterion))) == verdict


@pytest.mark.parametrize(
    ("wanted", "parts"),
    [
        ("< 0.1%", {"comparator": "<", "number": 0.1, "unit": "%"}),
        ("$25..50", {"comparator": "within", "number": 25.0, "high": 50.0, "unit": "$"}),
        ("-20%", {"comparator": "<=", "number": -20.0, "unit": "%", "relative": True}),
        ("zero", {"comparator": "zero"}),
        ("> 4.5/5", {"comparator": ">", "number": 4.5, "unit": "/5"}),
        ("> 50/day", {"comparator": ">", "number": 50.0, "unit": "/day"}),
    ],
)
def test_a_target_without_its_criterion_is_read_from_its_parts(wanted: str, parts: dict[str, Any]) -> None:
    assert verdicts(one("target", {"words": "it", "is": wanted}, {"metric": "it", **parts})) == FOUND


@pytest.mark.parametrize(
    ("phase", "said", "verdict"),
    [
        ("soft launch", "Phase 1: Soft Launch", FOUND), ("soft launch", "soft-launch", FOUND),
        ("soft launch", "Full Launch", WRONG), ("soft launch", "", WRONG), ("none", "", FOUND),
        ("none", "Full Launch", WRONG), ("none | full", "Full Launch", FOUND), ("none | full", "Soft", WRONG),
    ],
)  # fmt: skip
def test_the_phase_of_a_target_has_to_be_right(phase: str, said: str, verdict: tuple[int, ...]) -> None:
    item = target("Error rate", "error_rate < 0.1%", phase=said)
    assert verdicts(one("target", ERRORS | {"phase": phase}, item)) == verdict


def test_what_the_report_does_not_name_is_missed() -> None:
    outcome = one("target", ERRORS)
    assert verdicts(outcome) == MISSED
    assert outcome.recall() == 0.0


def test_what_stands_on_no_line_of_the_gold_is_invented() -> None:
    good = target("Error rate", "error_rate < 0.1%")
    outcome = one("target", ERRORS, good, good | {"line": 40})
    assert verdicts(outcome) == (1, 0, 0, 1)
    assert outcome.invented_share() == 0.5
    assert outcome.recall() == 1.0


def test_the_same_item_twice_is_invented_once() -> None:
    good = target("Error rate", "error_rate < 0.1%")
    assert verdicts(one("target", ERRORS, good, good)) == (1, 0, 0, 1)


def test_another_kind_on_the_line_is_missed_and_invented() -> None:
    gold = gold_of(triggers=[{"line": 5, "words": "error rate", "is": "> 1%"}])
    said = {"kind": "target", "line": 5, "text": "Error rate > 1%", **target("Error rate", "error_rate > 1%")}
    assert verdicts(compare(gold, {"items": [said]})) == (0, 1, 0, 1)


@pytest.mark.parametrize(("line", "verdict"), [(4, FOUND), (6, FOUND), (7, (0, 1, 0, 1)), (3, (0, 1, 0, 1))])
def test_an_item_may_be_told_one_line_beside_its_own(line: int, verdict: tuple[int, ...]) -> None:
    assert verdicts(one("target", ERRORS, target("Error rate", "error_rate < 0.1%", line=line))) == verdict


def test_an_item_of_several_lines_is_found_on_each_of_them() -> None:
    said = target("Error rate", "error_rate < 0.1%", line=8)
    assert verdicts(one("target", ERRORS | {"through": 8}, said)) == FOUND


def test_two_thresholds_of_one_line_are_told_apart() -> None:
    rows = [{"line": 9, "words": "load", "is": "< 2s"}, {"line": 9, "words": "load", "is": "< 1.5s"}]
    items = [{"kind": "target", "line": 9, **target("load", f"load < {number}s")} for number in ("1.5", "2")]
    assert verdicts(compare(gold_of(targets=rows), {"items": items})) == (2, 0, 0, 0)
    assert verdicts(compare(gold_of(targets=rows), {"items": items[:1]})) == (1, 1, 0, 0)
    wrong = [items[0], items[1] | {"criterion": "load < 3s"}]
    assert verdicts(compare(gold_of(targets=rows), {"items": wrong})) == (1, 0, 1, 0)


def test_a_neighbour_with_the_right_content_does_not_take_the_place_of_the_line_itself() -> None:
    rows = [{"line": line, "words": "tested"} | {"checked": False} for line in (5, 6)]
    items = [{"kind": "box", "line": line, "text": "Tested", "checked": False} for line in (6, 5)]
    assert verdicts(compare(gold_of(boxes=rows), {"items": items})) == (2, 0, 0, 0)


@pytest.mark.parametrize(
    ("change", "verdict"),
    [
        ({}, FOUND), ({"checked": False}, WRONG), ({"owner": "QA Lead"}, WRONG), ({"priority": ""}, WRONG),
        ({"depth": 1}, WRONG), ({"text": "Audit security"}, WRONG), ({"checked": None}, (0, 1, 0, 1)),
    ],
)  # fmt: skip
def test_a_box_has_its_text_tick_owner_priority_and_depth(change: dict[str, Any], verdict: tuple[int, ...]) -> None:
    row = {"words": "run audit", "checked": True, "owner": "security lead", "priority": "high", "depth": 0}
    box = {"text": "Run the audit", "checked": True, "owner": "Security Lead", "priority": "High"}
    assert verdicts(one("box", row, box | change)) == verdict


def test_a_bullet_is_no_checkbox_and_is_counted_apart() -> None:
    gold = gold_of(others={"bullets": [{"line": 5, "words": "smoke"}]})
    outcome = compare(gold, {"items": [{"kind": "box", "line": 5, "text": "Smoke tests", "checked": None}]})
    assert verdicts(outcome) == FOUND
    assert outcome.count("found", TABLE_KINDS) == 0


@pytest.mark.parametrize(("instead", "verdict"), [([], (0, 1, 0, 1)), (["target"], (1, 0, 0, 1))])
def test_another_kind_may_tell_a_fact_only_where_the_gold_allows_it(
    instead: list[str], verdict: tuple[int, ...]
) -> None:
    gold = gold_of(boxes=[{"line": 5, "words": "uptime", "or": instead}])
    said = {"kind": "target", "line": 5, "text": "Uptime", **target("Uptime", "uptime > 99%")}
    assert verdicts(compare(gold, {"items": [said]})) == verdict


def test_an_expected_result_counts_where_the_box_above_tells_it() -> None:
    gold = gold_of(others={"bullets": [{"line": 6, "words": "request queued", "or": ["expect"]}]})
    box = {"kind": "bullet", "line": 5, "text": "Write", "expect": "Request is queued"}
    assert compare(gold, {"items": [box]}).count("found", ["bullet"]) == 1
    assert compare(gold, {"items": [box | {"expect": "Nothing"}]}).count("missed", ["bullet"]) == 1


@pytest.mark.parametrize(
    ("change", "verdict"),
    [
        ({}, FOUND), ({"severity": "low"}, WRONG), ({"lasting": "50m"}, WRONG), ({"channels": ["email"]}, WRONG),
        ({"channels": ["slack", "email", "sms"]}, WRONG), ({"target": None}, WRONG),
        ({"target": {"comparator": ">", "number": 1.0, "unit": "s"}}, WRONG),
        ({"lasting": "", "target": {"criterion": "error_rate > 1% for 5 minutes"}}, FOUND),
    ],
)  # fmt: skip
def test_an_alert_has_its_severity_number_duration_and_channels(
    change: dict[str, Any], verdict: tuple[int, ...]
) -> None:
    row = {"words": "error rate", "severity": "critical", "is": "> 1%", "for": "5m", "channels": "email slack"}
    alert = {"text": "errorRate", "severity": "critical", "lasting": "5 minutes", "channels": ["slack", "email"]}
    said = alert | {"target": {"comparator": ">", "number": 1.0, "unit": "%"}} | change
    assert verdicts(one("alert", row, said)) == verdict


def test_a_number_that_the_page_does_not_give_a_trigger_is_wrong() -> None:
    row = {"words": "health check"}
    assert verdicts(one("trigger", row, {"text": "Health check fails", "target": None})) == FOUND
    invented = {"text": "Health check fails", "target": {"comparator": ">", "number": 3.0}}
    assert verdicts(one("trigger", row, invented)) == WRONG


@pytest.mark.parametrize(
    ("kind", "row", "said", "change"),
    [
        ("phase", {"words": "soft launch", "lasts": "1w..2w", "later": False},
         {"title": "Soft Launch", "lasts": "7d..14d"}, {"lasts": "2w"}),
        ("phase", {"words": "growth", "later": True}, {"title": "Growth", "later": True}, {"later": False}),
        ("stage", {"words": "open beta", "share": 0.5}, {"title": "Open Beta", "share": 0.5}, {"share": 50}),
        ("stage", {"words": "partners", "share": "none"}, {"title": "Partners", "share": None}, {"share": 0.1}),
        ("level", {"level": 2, "who": "tech lead", "from": 5, "to": 15},
         {"title": "Level 2", "who": "Tech lead", "since": 5.0, "until": 15.0}, {"until": None}),
        ("level", {"level": 1, "who": "support", "from": "none", "tier": True},
         {"title": "Tier 1", "who": "Support", "tier": True}, {"since": 5.0}),
        ("risk", {"words": "breach", "probability": "low", "impact": "critical", "mitigation": "waf"},
         {"text": "Breach", "probability": "Low", "impact": "Critical", "mitigation": ["WAF"]}, {"impact": "low"}),
        ("cost", {"words": "cdn", "kind": "line", "low": 0, "high": 200, "currency": "$", "per": "month"},
         {"title": "CDN", "what": "line", "low": 0.0, "high": 200.0, "currency": "$", "per": "month"}, {"high": 20.0}),
        ("cost", {"words": "domain", "kind": "line", "low": 10, "high": 10, "times": 1},
         {"title": "Domain", "what": "line", "low": 10.0, "high": None}, {"times": 3.0}),
        ("cost", {"words": "reserve", "kind": "line", "low": "none"},
         {"title": "Reserve", "what": "line", "low": None}, {"low": 0.0}),
        ("variable", {"name": "API_KEY", "secret": True}, {"name": "API_KEY", "secret": True}, {"secret": False}),
        ("service", {"name": "api", "every": "30s", "timeout": "10s", "retries": 3},
         {"name": "api", "every": "30 s", "timeout": "10s", "retries": 3}, {"retries": 2}),
        ("routine", {"words": "review", "every": "week"}, {"title": "Review", "every": "week"}, {"every": "day"}),
        ("bar", {"words": "alpha", "starts": "2024-01-01", "lasts": "2d"},
         {"title": "Alpha", "starts": "2024-01-01", "lasts": "2d"}, {"starts": "2024-01-05"}),
    ],
)  # fmt: skip
def test_the_content_of_every_kind_is_compared(
    kind: str, row: dict[str, Any], said: dict[str, Any], change: dict[str, Any]
) -> None:
    right, wrong = (_of_any_kind(kind, row, item) for item in (said, said | change))
    assert (verdicts(right), verdicts(wrong)) == (FOUND, WRONG)


def _of_any_kind(kind: str, row: dict[str, Any], said: dict[str, Any]) -> Outcome:
    if kind in TABLE_KINDS:
        return one(kind, row, said)
    gold = gold_of(others={f"{kind}s": [{"line": 5, **row}]})
    return compare(gold, {"items": [{"kind": kind, "line": 5, **said}]})


@pytest.mark.parametrize(
    ("row", "change", "verdict"),
    [
        ({"aggregate": "p95"}, {"aggregate": "p95"}, FOUND), ({"aggregate": "p95"}, {}, WRONG),
        ({"aggregate": "mean"}, {"criterion": "error_rate mean < 0.1%"}, FOUND),
        ({"baseline": "65%"}, {"baseline": "65 %"}, FOUND), ({"baseline": "65%"}, {"baseline": "56%"}, WRONG),
        ({"over": "7d"}, {"over": "1w"}, FOUND), ({"over": "7d"}, {"metric": "7-day error rate"}, FOUND),
        ({"over": "7d"}, {"criterion": "error_rate < 0.1% over 7d"}, FOUND), ({"over": "7d"}, {"over": "1d"}, WRONG),
    ],
)  # fmt: skip
def test_aggregate_baseline_and_window_are_compared_where_the_gold_has_them(
    row: dict[str, Any], change: dict[str, Any], verdict: tuple[int, ...]
) -> None:
    assert verdicts(one("target", ERRORS | row, target("Error rate", "error_rate < 0.1%") | change)) == verdict


def test_lines_that_may_be_read_either_way_are_not_invented() -> None:
    items = [{"kind": "box", "line": line, "text": "Tutorial"} for line in (6, 8)]
    outcome = compare(gold_of(either={"bullet": ["5-7"]}), {"items": items})
    assert [entry.line for entry in outcome.kinds["bullet"].invented] == [8]


def test_outside_the_table_one_item_may_answer_several_facts() -> None:
    rows = [{"line": 5, "through": 9, "words": words} for words in ("email", "press")]
    said = {"kind": "announcement", "line": 5, "title": "Launch", "channels": ["Email blast", "Press release"]}
    outcome = compare(gold_of(others={"announcements": rows}), {"items": [said]})
    assert verdicts(outcome) == (2, 0, 0, 0)


def test_the_description_names_the_line_and_the_difference() -> None:
    told = one("target", ERRORS, target("Error rate", "error_rate < 1%"), target("x", "x < 1", line=40)).describe()
    assert told.startswith("page.md: 0.0% found, 50.0% invented")
    assert "wrong    line 5: target: < 0.1%, not error_rate < 1%" in told
    assert "invented line 40: target 'x' is not in the gold" in told


@pytest.mark.parametrize(
    "document",
    [
        {"goals": []}, {"others": {"boxes": []}}, {"targets": [{"line": 1, "words": "x"}]},
        {"targets": [{"line": 1, "words": "x", "is": "> about 5"}]}, {"boxes": [{"line": 1, "word": "x"}]},
    ],
)  # fmt: skip
def test_a_gold_file_with_a_slip_of_the_pen_is_refused(document: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"unknown|without|value|comparator"):
        gold_of(**document)
