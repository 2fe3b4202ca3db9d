"""Targets as people of many countries say them: changes, shares, spans and limits told in words, one line each."""

from __future__ import annotations

import pytest

from tminus.importer.phrases import criterion_text, read_targets


def _read(line: str) -> list[str]:
    label, colon, value = line.partition(": ")
    if not colon:
        label, value = "", ""
    return [criterion_text(target) for target in read_targets(line, 1, label=label, value=value, wanted=True)]


@pytest.mark.parametrize(
    ("line", "criterion"),
    [
        ("watch time is up 4% on last month", "watch_time +4% vs baseline"),
        ("food waste down 10%", "food_waste -10% vs baseline"),
        ("Les ventes augmentent de 15 %", "ventes +15% vs baseline"),
        ("Appels au support en baisse de 20 %", "appels_au_support -20% vs baseline"),
        ("Las ventas suben un 10%", "ventas +10% vs baseline"),
        ("Vendas crescem 12%", "vendas +12% vs baseline"),
        ("Prenotazioni in aumento del 10%", "prenotazioni +10% vs baseline"),
        ("Der Umsatz steigt um 10 %", "umsatz +10% vs baseline"),
        ("Buchungen um 12 % gestiegen", "buchungen +12% vs baseline"),
        ("Omzet 10% hoger dan vorig jaar", "omzet +10% vs baseline"),
    ],
)
def test_a_verb_or_noun_of_change_makes_a_percentage_relative(line: str, criterion: str) -> None:
    assert _read(line) == [criterion]


@pytest.mark.parametrize(
    ("line", "criterion"),
    [
        ("click-through rate MUST stay at or above 97%", "click_through_rate >= 97%"),
        ("the share of failed logins must not be above 0.4 percent", "share_of_failed_logins <= 0.4%"),
        ("checkout conversion no worse than 3.2%", "checkout_conversion >= 3.2%"),
        ("latency no worse than 250 ms", "latency <= 250ms"),
        ("Tasso di errore sotto lo 0,5%", "tasso_di_errore < 0.5%"),
        ("Prenotazioni completate oltre l'8%", "prenotazioni_completate > 8%"),
        ("Meno dell'1% dei pagamenti fallisce", "pagamenti_fallisce < 1%"),
        ("telefoontjes: hoogstens 150 per week", "telefoontjes <= 150/week"),
        ("appels au support : 40 par jour au plus", "appels_au_support <= 40/day"),
        ("Dostawa w czasie do 40 minut", "dostawa <= 40min"),
        ("Czas odpowiedzi do 300 ms", "czas_odpowiedzi <= 300ms"),
        ("Ortalama yanıt süresi 2 saniyeden az", "yanit_suresi mean < 2s"),
        ("Hata oranı yüzde 1'in altında", "hata_orani < 1%"),
        ("Crash-free sessions hold at 99.5%", "crash_free_sessions >= 99.5%"),
    ],
)
def test_limits_are_read_with_their_articles_verbs_and_negations(line: str, criterion: str) -> None:
    assert _read(line) == [criterion]


@pytest.mark.parametrize(
    ("line", "criterion"),
    [
        ("upload finishes within 15 s for 9 in 10 people", "upload_finishes p90 <= 15s"),
        ("Al menos 8 de cada 10 clientes repiten", ">= 80%"),
        ("Drei von vier Testern würden die App empfehlen", ">= 75%"),
        ("trois clients sur quatre reviennent", ">= 75%"),
        ("Weniger als ein Prozent der Zahlungen scheitert", "< 1%"),
        ("At least half of the tenants are migrated", ">= 50%"),
        ("Die Hälfte der Filialen arbeitet ohne Papier", ">= 50%"),
        ("star rating stays above 4.4 of 5", "star_rating > 4.4/5"),
        ("Zamówienia: 2 000 dziennie", "zamowienia >= 2000/day"),
        ("Günlük 300 yeni üye", ">= 300/day"),
        ("downtime under an hour", "downtime < 1h"),
    ],
)
def test_shares_scores_and_rates_told_in_words_are_numbers(line: str, criterion: str) -> None:
    (read,) = _read(line)
    assert criterion in read


@pytest.mark.parametrize(
    ("line", "lasting"),
    [
        ("crashes over 4 % for half an hour", "30m"),
        ("die Fehlerquote 10 Minuten lang über 3 % liegt", "10m"),
        ("plus de 5 % des paiements échouent pendant un quart d'heure", "15m"),
        ("Scan failures exceed 10% at any pier for 20 minutes", "20m"),
    ],
)
def test_how_long_a_condition_holds_is_read_wherever_it_stands(line: str, lasting: str) -> None:
    (target,) = read_targets(line, 1)
    assert target.lasting == lasting


def test_any_four_hours_are_the_window_of_a_rate() -> None:
    (target,) = read_targets("Late doses above 10% in any four hours", 1)
    assert target.over == "4h"


def test_what_is_not_wanted_at_all_is_read_behind_a_number_too() -> None:
    assert _read("NPS > 35; zero documents corrupted") == ["nps > 35", "zero documents_corrupted"]


@pytest.mark.parametrize(
    "line", ["there MUST be zero requests without an answer", "not a single lost order", "personal data unmasked: none"]
)
def test_zeros_are_read_behind_an_opening_and_in_other_words(line: str) -> None:
    (read,) = _read(line)
    assert read.startswith("zero ")


def test_a_count_that_says_whose_share_it_is_is_no_target() -> None:
    (target,) = read_targets("share of creators with < 100 followers stays at or above 11 %", 1, wanted=True)
    assert (target.comparator, target.number, target.unit) == (">=", 11.0, "%")


def test_a_named_value_in_brackets_is_what_it_was() -> None:
    (target,) = read_targets("report time at most 6 seconds (basement: 14 seconds)", 1, wanted=True)
    assert (target.number, target.baseline) == (6.0, "14 seconds")


def test_a_second_limit_in_brackets_is_no_baseline() -> None:
    assert not any(target.baseline for target in read_targets("report time at most 6 seconds (stretch: 4 seconds)", 1))


@pytest.mark.parametrize(
    "line",
    ["Traffic rises 25 % each day", "Sets up 5 servers", "Dependencies: none", "Turn the flag off (takes < 2 min)"],
)
def test_ramps_tasks_and_fields_are_no_targets(line: str) -> None:
    assert read_targets(line, 1) == []


def test_a_version_in_a_label_names_what_is_measured() -> None:
    assert _read("v2 parity: 100% of v1 endpoints have a successor") == ["v2_parity >= 100%"]
