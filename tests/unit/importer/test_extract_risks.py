"""Risks with their levels, and what a launch costs."""

from __future__ import annotations

import pytest

from tminus.importer.draft import Cost, Draft
from tminus.importer.extracting import EXTRACTORS
from tminus.importer.scanning import scan_page
from tminus.importer.topics import Topic


def drafted(topic: Topic, text: str) -> Draft:
    draft = Draft()
    root = scan_page(text).root
    EXTRACTORS[topic](root.children[0] if len(root.children) == 1 else root, draft)
    return draft


def risks(text: str) -> list[tuple[str, str, str, list[str]]]:
    return [(one.text, one.probability, one.impact, one.mitigation) for one in drafted(Topic.RISKS, text).risks]


@pytest.mark.parametrize(
    ("header", "row"),
    [
        ("Risk | Probability | Impact | Mitigation", "Overload | Medium | High | Caching, replicas"),
        ("ID | Risk | P | I | Score | Answer", "R1 | Overload | M | H | 6 | Caching, replicas"),
        ("Risiko | Eintritt | Auswirkung | Gegenmaßnahme", "Overload | mittel | hoch | Caching, replicas"),
        ("Risque | Probabilité | Gravité | Parade", "Overload | moyenne | élevée | Caching, replicas"),
        ("Riesgo | Probabilidad | Impacto | Medidas", "Overload | media | alto | Caching, replicas"),
        ("Rischio | Probabilità | Impatto | Contromisure", "Overload | media | alto | Caching, replicas"),
        ("Risico | Kans | Gevolg | Maatregelen", "Overload | gemiddeld | hoog | Caching, replicas"),
        ("Ryzyko | Prawdopodobieństwo | Wpływ | Działania", "Overload | średnie | wysoki | Caching, replicas"),
        ("Risk | Olasılık | Etki | Önlem", "Overload | orta | yüksek | Caching, replicas"),
        ("Risk | Likelihood | Impact | Mitigation", "Overload | 3 | 4 | Caching, replicas"),
        ("Risk | Likelihood | Impact | Mitigation", "Overload | 🟡 | 🔴 | Caching, replicas"),
    ],
)
def test_a_table_of_risks_is_read_in_every_language(header: str, row: str) -> None:
    rule = "|".join(["--"] * (header.count("|") + 1))
    found = risks(f"## Risks\n| {header} |\n|{rule}|\n| {row} |\n")
    assert found == [("Overload", "medium", "high", ["Caching", "replicas"])]


def test_a_list_of_risks_has_its_mitigation_behind_the_colon_and_its_group_above() -> None:
    draft = drafted(
        Topic.RISKS, "## Risks\n### Technical\n- **Database:** Pooling, query plans\n### Business\n- Nobody comes\n"
    )
    assert [(one.text, one.mitigation, one.group) for one in draft.risks] == [
        ("Database", ["Pooling", "query plans"], "Technical"),
        ("Nobody comes", [], "Business"),
    ]


@pytest.mark.parametrize(
    ("line", "probability", "impact", "mitigation"),
    [
        ("- Store says no (probabilidad media, impacto alto) → send it early", "medium", "high", ["send it early"]),
        ("- Store says no (baja / alto) → send it early", "low", "high", ["send it early"]),
        ("- Store says no (P: high / I: medium) - Mitigation: send it early", "high", "medium", ["send it early"]),
        ("**Store says no.** Likelihood: low. Impact: high. send it early", "low", "high", ["send it early"]),
    ],
)
def test_levels_within_a_line_are_taken_out_of_it(
    line: str, probability: str, impact: str, mitigation: list[str]
) -> None:
    assert risks(f"## Risks\n{line}\n") == [("Store says no", probability, impact, mitigation)]


def test_a_section_for_each_risk_is_one_risk_with_its_fields() -> None:
    text = "## Risks\n### Risk 1: Slow import\n- Probability: High\n- Impact: Critical\n- Mitigation: Queue; retry\n"
    draft = drafted(Topic.RISKS, text)
    assert risks(text) == [("Slow import", "high", "critical", ["Queue", "retry"])]
    assert draft.risks[0].lines == [3, 4, 5]


def costs(text: str) -> list[Cost]:
    return drafted(Topic.BUDGET, text).costs


def test_groups_with_totals_lines_and_unpriced_lines_are_told_apart() -> None:
    text = """## Budget
```yaml
Infrastructure: $2,000
  - Hosting: $149/mo × 3
Reserve: $3,000
  - Scaling needs
Total: $5,000
```
"""
    found = [(one.title, one.kind, one.low, one.times, one.per, one.group) for one in costs(text)]
    assert found == [
        ("Infrastructure", "group", 2000.0, 1.0, "", "Infrastructure"),
        ("Hosting", "line", 149.0, 3.0, "month", "Infrastructure"),
        ("Reserve", "group", 3000.0, 1.0, "", "Reserve"),
        ("Scaling needs", "line", None, 1.0, "", "Reserve"),
        ("Total", "total", 5000.0, 1.0, "", ""),
    ]


def test_a_table_has_ranges_free_lines_and_the_period_of_its_heading() -> None:
    text = """## Monthly costs
| Component | Option | Cost |
|--|--|--|
| Database | Big | $25-200+ |
| CDN | Any | Free-$200 |
| Certificate | Any | Free |
| **Total** | | **$65-550/month** |
"""
    found = [(one.title, one.kind, one.low, one.high, one.open_end, one.per) for one in costs(text)]
    assert found == [
        ("Database", "line", 25.0, 200.0, True, "month"),
        ("CDN", "line", 0.0, 200.0, False, "month"),
        ("Certificate", "line", 0.0, 0.0, False, "month"),
        ("Total", "total", 65.0, 550.0, False, "month"),
    ]


def test_low_and_high_in_two_columns_are_one_range() -> None:
    (one,) = costs("## Money\n| Cost | Low | High | Per |\n|--|--|--|--|\n| Data plans | $900 | $1,150 | month |\n")
    assert (one.title, one.low, one.high, one.per, one.currency) == ("Data plans", 900.0, 1150.0, "month", "$")


def test_a_list_in_euros_has_a_total_and_no_discount() -> None:
    text = "## Budget\nWerbung: 12.000 €\nServer: 640 €/Monat\nGutschein: 20 % Rabatt (bis 15 €)\nGesamt: 13.000 €\n"
    found = [(one.title, one.kind, one.low, one.currency) for one in costs(text)]
    assert found == [
        ("Werbung", "line", 12000.0, "€"),
        ("Server", "line", 640.0, "€"),
        ("Gesamt", "total", 13000.0, "€"),
    ]


def test_prose_in_a_budget_is_no_line() -> None:
    assert (
        costs("## Budget\nWe spoke with finance, and they think that it is going to be all right for this year.\n")
        == []
    )


def test_levels_before_the_colon_belong_to_the_risk_behind_it() -> None:
    text = "## Risks\n\nLow probability, high impact: the host closes early. We have it in writing.\n"
    assert risks(text) == [("the host closes early", "low", "high", ["We have it in writing."])]


def test_a_line_beside_a_table_of_costs_is_no_cost() -> None:
    text = "## Budget\n\n| Item | Cost |\n|--|--|\n| Server | $350 |\n\nFee: the first order gets $10 off\n"
    assert [one.title for one in drafted(Topic.BUDGET, text).costs] == ["Server"]


def test_of_a_price_for_one_and_for_all_together_the_latter_counts() -> None:
    (cost,) = drafted(Topic.BUDGET, "## Kosten\n\n- Scanners: € 150 per vestiging, samen € 3.450\n").costs
    assert cost.low == 3450
