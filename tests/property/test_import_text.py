"""Whatever stands on a page, as bytes or as text: a plan that `check` can read comes out, or the one clear error."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from tminus.errors import PageUnreadable
from tminus.importer import account, import_page
from tminus.plan import examine_texts

WORDS = st.sampled_from(
    [
        "Phase 1", "Rollout", "error rate", "< 0.1%", "p95", "500ms", "5%", "->", "50 users", "Week 2-3", "- [ ]", "- [x]",
        "**Owner**:", "QA Lead", "Level 2 (5-15 min)", "Rollback if", "Risk", "high", "$2,000", "/mo", "zero", "Uptime: 99.9%",
        "API_KEY=abc", "RTO 4h", "daily", "#launch", "2026-01-12", "Monday 09:00 EST", "| a | b |", "|---|---|", "```",
        "```yaml",
        "🚀", "Ziel", "mindestens 95 %", "```js", "const x = {", "};", "├──", "Alert", "critical", "\t", "  ", ":", "—",
    ]
)  # fmt: skip
LINES = st.lists(WORDS, max_size=8).map(" ".join)
MARKS = st.sampled_from(["", "", "# ", "## ", "### ", "- ", "  - ", "1. ", "> ", "| ", "    ", "* [ ] ", "**"])
PAGES = st.lists(st.builds(str.__add__, MARKS, LINES), min_size=1, max_size=40).map("\n".join)


def imported(data: bytes) -> None:
    try:
        found = import_page(data, "page.md")
    except PageUnreadable:
        return
    plan, problems = examine_texts({"plan.yaml": found.text})
    assert [str(problem) for problem in problems if problem.severity == "error"] == []
    assert plan is not None
    lines = account(found)["lines"]
    assert lines["mapped"] + lines["notes"] + lines["structure"] + lines["repeated"] == lines["total"] - lines["blank"]
    assert import_page(data, "page.md").text == found.text


@settings(max_examples=300, deadline=None)
@given(PAGES)
def test_a_page_of_plan_words_becomes_a_plan_without_errors(page: str) -> None:
    imported(page.encode())


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=400))
def test_any_text_becomes_a_plan_without_errors(page: str) -> None:
    imported(page.encode("utf-8", "surrogatepass"))


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_become_a_plan_or_the_one_error(page: bytes) -> None:
    imported(page)
