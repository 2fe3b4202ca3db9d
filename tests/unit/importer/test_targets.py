"""The numbers that a line wants or fears: what is read of them, and what is none."""

from __future__ import annotations

import pytest

from tminus.importer.phrases import criterion_text, metric_id, metric_name, plan_unit, read_targets
from tminus.plan.criterion import parse_criterion

# The line -> the criteria that it says, one after another. They stand in a section that is not known to be of targets.
SAID = {
    "System uptime > 99.5%": ["system_uptime > 99.5%"],
    "Response time < 2 seconds": ["response_time < 2s"],
    "Zero critical bugs reported": ["zero critical_bugs"],
    "No security breaches": ["zero security_breaches"],
    "0 build errors": ["zero build_errors"],
    "Security Score: Zero critical vulnerabilities": ["zero critical_vulnerabilities"],
    "User registration rate > 50/day": ["user_registration_rate > 50/day"],
    "Daily active users > 1000": ["daily_active_users > 1000"],
    "Customer satisfaction > 4.5/5": ["customer_satisfaction > 4.5/5"],
    "4.5+ stars": ["stars >= 4.5/5"],
    "User Satisfaction: 4.5+ stars": ["user_satisfaction >= 4.5/5"],
    "User Acquisition: 200+ new users/day": ["user_acquisition >= 200/day"],
    "User Retention: > 70% (7-day)": ["user_retention > 70% over 7d"],
    "Mean Time to Recovery: < 30 minutes": ["mean_time_to_recovery < 30min"],
    "Disk space > 20% free": ["disk_space > 20%"],
    "API Response: < 200ms (p95)": ["api_response p95 < 200ms"],
    "p95 latency under 300 ms": ["latency p95 < 300ms"],
    "Concurrent Users: 1000+": ["concurrent_users >= 1000"],
    "churn: < 5%": ["churn < 5%"],
    "Signups: 500+ in week 1": ["signups >= 500"],
    "Support tickets: < 2% of users": ["support_tickets < 2%"],
    "DAU/MAU: > 40%": ["dau_mau > 40%"],
    "Profile Completion Rate: Target 85% (current baseline: 65%)": ["profile_completion_rate >= 85%"],
    "Daily Active Users: Target 15% increase": ["daily_active_users +15% vs baseline"],
    "Support Tickets: Target 20% reduction in profile-related issues": ["support_tickets -20% vs baseline"],
    "User Retention: Target 10% improvement in 30-day retention": ["user_retention +10% vs baseline over 30d"],
    "Load time: Target 10% improvement": ["load_time -10% vs baseline"],
    "Page Load Time: < 2 seconds (target < 1.5s)": ["page_load_time < 2s", "page_load_time < 1.5s"],
    "API Response Time: < 500ms average": ["api_response_time mean < 500ms"],
    "Average response time < 500ms": ["response_time mean < 500ms"],
    "Uptime: 99.9% SLA": ["uptime >= 99.9%"],
    "99.9% uptime maintained": ["uptime >= 99.9%"],
    "80%+ profile completion rate": ["profile_completion_rate >= 80%"],
    "15%+ increase in engagement": ["engagement +15% vs baseline"],
    "20%+ reduction in support tickets": ["support_tickets -20% vs baseline"],
    "Collection View Time: Target 3+ minutes per session": ["collection_view_time >= 3min"],
    "Average Items per Wishlist: Target 8-12 items": ["average_items_per_wishlist 8..12"],
    "Average Bet Size: Target $25-50 ECE": ["average_bet_size $25..50"],
    "Mobile Usage: Target 40% of 3D views on mobile": ["mobile_usage >= 40%"],
    "3D Viewer Usage: Target 60% of card views": ["m_3d_viewer_usage >= 60%"],
    "Performance Score: 95+ Lighthouse score": ["performance_score >= 95"],
    "Monitor error rates (target < 0.1%)": ["error_rate < 0.1%"],
    "Monitor API response times (target: <200ms)": ["api_response_time < 200ms"],
    "System uptime (target: 99.9%)": ["system_uptime >= 99.9%"],
    "Uptime Target: 99.9% availability": ["uptime >= 99.9%"],
    "Offline Usage: 20%+ of sessions": ["offline_usage >= 20%"],
    "Issue Resolution Time: <4 hours": ["issue_resolution_time < 4h"],
    "Uptime: ≥99.9% in first month": ["uptime >= 99.9%"],
    "Items per order between 8 and 12": ["items_per_order 8..12"],
    "Success rate at least 95 %": ["success_rate >= 95%"],
    "no more than 3 incidents per week": ["incidents <= 3/week"],
    "Latency max. 200 ms": ["latency <= 200ms"],
    "The error rate must not exceed 1%": ["error_rate <= 1%"],
    "High error rates (>5%)": ["error_rate > 5%"],
    "Error rate > 0.5%, Response time > 3s": ["error_rate > 0.5%", "response_time > 3s"],
    "High Priority: Load time > 2s, Failed requests > 1%": ["load_time > 2s", "failed_requests > 1%"],
    "Roll back if the error rate exceeds 2% for 5 minutes": ["error_rate > 2% for 5m"],
    "CPU above 80% for 10 minutes": ["cpu > 80% for 10m"],
    "error rate > 2x baseline": ["error_rate > +100% vs baseline"],
    "Conversions drop > 10%": ["conversions < -10% vs baseline"],
    "Reduce support tickets by 20%": ["support_tickets -20% vs baseline"],
    "crash-free sessions < 99.5%": ["crash_free_sessions < 99.5%"],
    "queue depth > 1000 for 5 min": ["queue_depth > 1000 for 5m"],
    "errorRate > 1%": ["error_rate > 1%"],
    "Bundle size < 250 KB": ["bundle_size_kb < 250"],
    "Throughput > 1,000 requests per second": ["throughput > 1000/s"],
    "Week 1: Error rate < 1%": ["error_rate < 1%"],
    "Time to first byte (TTFB) < 600ms": ["time_to_first_byte < 600ms"],
    "LCP < 2.5s, FID < 100ms, CLS < 0.1": ["lcp < 2.5s", "fid < 100ms", "cls < 0.1"],
    "95th percentile response time below 400 ms": ["response_time p95 < 400ms"],
    "Payment failures <0.5% (24h rolling)": ["payment_failures < 0.5% over 24h"],
    "Error budget burn rate > 14.4x for 1h": ["error_budget_burn_rate_x > 14.4 for 1h"],
    "NPS of 40 or higher": ["nps >= 40"],
    "Data loss = 0": ["zero data_loss"],
    "Ziel: mindestens 500 aktive Nutzer pro Tag": ["aktive_nutzer >= 500/day"],
    "Keine kritischen Fehler": ["zero kritischen_fehler"],
    "Fehlerrate unter 1 Prozent": ["fehlerrate < 1%"],
    "Verfügbarkeit mindestens 99,9 %": ["verfuegbarkeit >= 99.9%"],
    "Antwortzeit höchstens 1.500 ms": ["antwortzeit <= 1500ms"],
    "Temps de réponse : moins de 2 secondes": ["temps_de_reponse < 2s"],
    "Taux d'erreur au plus 0,1 %": ["taux_derreur <= 0.1%"],
    "Tiempo de respuesta menos de 2 segundos": ["tiempo_de_respuesta < 2s"],
    "Disponibilidade pelo menos 99,9%": ["disponibilidade >= 99.9%"],
    "Tempo di risposta meno di 2 secondi": ["tempo_di_risposta < 2s"],
    "Foutpercentage minder dan 1 procent": ["foutpercentage < 1%"],
    "Hata oranı %1'in altında": ["hata_orani < 1%"],
    "En az %95 başarı oranı": ["basari_orani >= 95%"],
    "Czas odpowiedzi poniżej 200 ms": ["czas_odpowiedzi < 200ms"],
    "Crash‑free users drop below 98%": ["crash_free_users < 98%"],
    "Availability falls under 99,9 %": ["availability < 99.9%"],
    "Sesiones sin fallos por debajo del 97 %": ["sesiones_sin_fallos < 97%"],
    "Errores de compra superiores al 4 % durante 30 minutos": ["errores_de_compra > 4% for 30m"],
    "cancelamentos passarem de 12% num dia": ["cancelamentos > 12%"],
    "Échecs de paiement inférieurs à 1,5 %": ["echecs_de_paiement < 1.5%"],
    "Latency no worse than 250 ms": ["latency <= 250ms"],
    "no regression worse than 20 % on the top 50 queries": ["regression <= 20%"],
    "p95 stays within 300 ms": ["latency p95 <= 300ms"],
    "handshake_p95 < 120ms": ["handshake p95 < 120ms"],
    "99% of requests under 300ms": ["requests p99 < 300ms"],
    "Antwort unter 800 ms (95 % der Anfragen)": ["antwort p95 < 800ms"],
    "entrega em até 45 min em 90% dos pedidos": ["entrega p90 <= 45min"],
    "Antwortzeit (95. Perzentil) unter 800 ms": ["antwortzeit p95 < 800ms"],
    "p50/p95/p99: 50/150/300 ms": ["latency p50 <= 50ms", "latency p95 <= 150ms", "latency p99 <= 300ms"],
    "Search (p50/p99) < 80 ms/1.5 s": ["search p50 < 80ms", "search p99 < 1.5s"],
    "Query: p50 < 60 ms, p99 < 450 ms over 1 h": ["query p50 < 60ms over 1h", "query p99 < 450ms over 1h"],
    "Freshness: a document is searchable within 90 s (p95)": ["freshness p95 <= 90s"],
    "No more than two rollbacks a week": ["rollbacks <= 2/week"],
    "Crash rate under 0.5‰": ["crash_rate < 0.05%"],
    "success ratio over 99.5% for 2 consecutive hours": ["success_ratio > 99.5% for 2h"],
    "HTTP 500s > 10/min": ["http_500s > 10/min"],
    "fewer than ten unresolved defects": ["unresolved_defects < 10"],
    "Temperature < 45 °C": ["temperature_celsius < 45"],
    "Panier moyen ≥ 38 €": ["panier_moyen >= €38"],
    "median decision time reduced by 20 per cent": ["decision_time p50 -20% vs baseline"],
    "throughput ≥ 1\u202f000 req/s": ["throughput >= 1000/s"],
}  # fmt: skip
# Bare values: targets in a section of targets alone.
BARE = {
    "Revenue Growth: 20% month-over-month": ["revenue_growth >= 20% over 30d"],
    "users: 1000": ["users >= 1000"],
    'revenue: "$25,000 MRR"': ["revenue >= $25000"],
    "Revenue: $10K MRR month 1": ["revenue >= $10000"],
    "Analytics Setup: 100% event tracking": ["analytics_setup >= 100%"],
    "Data Sync: 100% success rate": ["data_sync >= 100%"],
    "Uptime 99.9-99.95%": ["uptime 99.9..99.95%"],
    "Conversion from 3% to 5%": ["conversion >= 5%"],
    "error budget 0.1 %": ["error_budget <= 0.1%"],
    "Active sellers: 200 → 500": ["active_sellers >= 500"],
    "Max error rate: 1%": ["error_rate <= 1%"],
    "Onboard 50 customers": ["customers >= 50"],
    "Cache hit rate: 90%": ["cache_hit_rate >= 90%"],
    "Have 100 paying customers by June": ["paying_customers >= 100"],
    "Ladezeit: 2 s": ["ladezeit <= 2s"],
    "Initial response (5 minutes)": ["initial_response <= 5min"],
}
NONE = (
    "Blue powered off after 14 days, volume kept 60 days", "Delete shadow diffs (GDPR, 90 days at most)",
    "Application pool sized (max 300, 260 used at peak)", "Only tenants with < 50 invoices a month",
    "Billing run (~40k invoices)", "Used in more than one region",
    "Test with 1000+ concurrent users", "100 concurrent users browsing", "1000 requests per second peak",
    "Timeline: 1-2 weeks", "Monitor for 24 hours minimum", "24/7 engineering support", "4GB RAM minimum (8GB+ recommended)",
    "50GB storage (for logs)", "API Servers (3x EC2 instances)", "Internal team and beta users (50-100 users)",
    "Target: General public (5000+ users)", "Existing coach network: 10-20 coaches", "15% of users",
    "50% discount for 3 months", "Linux server (Ubuntu 22.04+ recommended)", "Node.js 18", "Node: 18+", "OWASP Top 10", "A/B",
    "HTTP/2", "p95", "Deploy to 100% of users", "Level 2 (5-15 min): Tech lead", "Run the tests 3 times", "No action needed",
    "Configure monitoring", "", "Queue 5 requests → Reconnect", "us-east-1", "Version 1.2.3",
)  # fmt: skip
NONE_EVEN_WANTED = (
    "November 29, 2025", "2024-01-01", "Infrastructure :2024-01-01, 2d", "4 hours RTO, 1 hour RPO", "Duration: 24 hours",
    "Time: 9:00 AM", "Week 1: Internal Beta (5% of users)", "PHASE 1: Infrastructure Setup (2-3 days)", "Sprint 10",
    "2.3 Load Testing", "day1: 10% of beta users", "traffic: 40%", "Invite testers (50-100 users)", "Plan Phase 2 features",
    "Post-Launch Goals (30 days)", "Use http://localhost:4800/health", "20% off for everybody",
)  # fmt: skip


@pytest.mark.parametrize("line", SAID)
def test_a_line_says_its_targets(line: str) -> None:
    assert [criterion_text(target) for target in read_targets(line, 1)] == SAID[line]


@pytest.mark.parametrize("line", BARE)
def test_bare_values_are_targets_only_in_a_section_of_targets(line: str) -> None:
    assert [criterion_text(target) for target in read_targets(line, 1, wanted=True)] == BARE[line]
    assert read_targets(line, 1) == []


@pytest.mark.parametrize("line", NONE + NONE_EVEN_WANTED)
def test_workloads_durations_capacities_and_names_are_no_targets(line: str) -> None:
    assert read_targets(line, 1) == []


@pytest.mark.parametrize("line", NONE_EVEN_WANTED)
def test_dates_headings_and_audiences_are_no_targets_anywhere(line: str) -> None:
    assert read_targets(line, 1, wanted=True) == []


@pytest.mark.parametrize("line", [*SAID, *BARE])
def test_a_criterion_reads_back_to_the_number_and_comparator_of_its_target(line: str) -> None:
    for target in read_targets(line, 1, wanted=True):
        criterion = parse_criterion(criterion_text(target))
        expected = "<=" if target.comparator == "zero" else target.comparator
        assert criterion.comparator == expected
        assert criterion.upper is None or target.high is not None
        if target.relative:
            assert criterion.target.value == pytest.approx(target.number / 100)
        elif target.unit in ("", "$", "/5"):
            assert criterion.target.value == pytest.approx(target.number)


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("Signups: 500+ in week 1", {"by": "week 1"}),
        ("Uptime: ≥99.9% in first month", {"by": "first month"}),
        ("Churn: < 10% month 1", {"by": "month 1"}),
        ("Support tickets: < 2% of users", {"audience": "of users"}),
        ("Tier Upgrade Attempts: Target 40% of eligible users", {"audience": "of eligible users"}),
        ("Response times < 500ms at 100 concurrent users", {"condition": "at 100 concurrent users"}),
        ("Feature Adoption Rate: Target 70% for new features", {"condition": "for new features"}),
        ("Purchase Conversion: Target 25% from wishlist", {"condition": "from wishlist"}),
        ("Profile Completion Rate: Target 85% (current baseline: 65%)", {"baseline": "65%"}),
        ("Support Tickets: Target 20% reduction in profile-related issues", {"condition": "in profile-related issues"}),
        ("error rate < 1% over 24h", {"over": "24h"}),
        ("error rate < 1% in the last 7 days", {"over": "7d"}),
        ("Week 1: Error rate < 1%", {"by": "Week 1"}),
    ],
)
def test_what_stands_around_a_number_is_kept(line: str, told: dict[str, str]) -> None:
    (target,) = read_targets(line, 1)
    assert {name: getattr(target, name) for name in told} == told


def test_a_range_from_what_is_to_what_is_wanted_has_a_baseline() -> None:
    (target,) = read_targets("Conversion from 3% to 5%", 1, wanted=True)
    assert (target.number, target.baseline) == (5.0, "3%")


def test_a_label_and_a_value_are_read_as_the_line_they_were() -> None:
    (target,) = read_targets("whatever", 7, label="errorRate", value="> 1%")
    assert (target.line, target.metric, criterion_text(target)) == (7, "Error rate", "error_rate > 1%")


@pytest.mark.parametrize("line", ["No known issues with the API", "4.5+ stars", "Antwortzeit unter 1.500 ms"])
def test_what_is_assumed_is_doubted(line: str) -> None:
    (target,) = read_targets(line, 1)
    assert target.doubt


def test_a_plain_line_is_not_doubted() -> None:
    assert [target.doubt for target in read_targets("Error rate < 0.1%", 1)] == [""]


@pytest.mark.parametrize(
    "written", ["Error Rate", "error rate", "errorRate", "error_rate", "ERROR RATE", "Monitor error rate"]
)
def test_a_metric_has_one_name_however_it_is_written(written: str) -> None:
    assert metric_name(written) == "Error rate"


@pytest.mark.parametrize(
    ("metric", "identifier"),
    [
        ("Çökme oranı", "cokme_orani"),
        ("Fehlerquote für Übergänge", "fehlerquote_fuer_uebergaenge"),
        ("p95", "p95_value"),
        ("Zero", "zero_value"),
        ("", "metric"),
        ("日本", "metric"),
        (
            "Percentage of a very long metric that goes on and on forever",
            "percentage_of_a_very_long_metric_that_goes_on",
        ),
    ],
)
def test_an_identifier_is_ascii_and_none_of_the_grammars_words(metric: str, identifier: str) -> None:
    assert metric_id(metric) == identifier


@pytest.mark.parametrize(
    ("line", "unit"),
    [
        ("Error rate < 0.1%", "%"),
        ("Latency < 200 ms", "ms"),
        ("Revenue > $10k", "$"),
        ("Signups > 50/day", "/day"),
        ("Rating > 4.5/5", "/5"),
        ("Users > 50", ""),
        ("Zero bugs", ""),
        ("DAU: Target 15% increase", ""),
    ],
)
def test_a_metric_has_the_unit_of_its_target(line: str, unit: str) -> None:
    (target,) = read_targets(line, 1)
    assert plan_unit(target) == unit


@pytest.mark.parametrize(
    ("line", "baseline"),
    [
        ("share of online applications: 70 per cent (2025 by e-mail: 12 per cent)", "12%"),
        ("Taux de conversion : au moins 2,8 % (aujourd'hui : 2,6 %)", "2.6%"),
        ("checkout p95 < 180 ms over 1 h (blue today: 210 ms)", "210 ms"),
    ],
)
def test_a_number_in_brackets_that_says_what_it_was_is_the_baseline(line: str, baseline: str) -> None:
    (target,) = read_targets(line, 1, wanted=True)
    assert target.baseline == baseline


def test_a_line_that_comes_again_has_its_own_place_and_its_own_lists() -> None:
    (first,) = read_targets("Error rate < 1%", 3)
    first.lines.append(9)
    first.metric = "Something else"
    (second,) = read_targets("Error rate < 1%", 4)
    assert (second.line, second.lines, second.metric) == (4, [], "Error rate")


@pytest.mark.parametrize(
    ("text", "criteria"),
    [
        ("Zero double debits, and at least 20 successful debits", ["successful_debits >= 20", "zero double_debits"]),
        ("Zero data loss and error rate below 0.1%", ["error_rate < 0.1%", "zero data_loss"]),
        ("Zero critical bugs, uptime > 99.9%", ["uptime > 99.9%", "zero critical_bugs"]),
    ],
)
def test_a_zero_and_a_number_on_one_line_are_two_targets(text: str, criteria: list[str]) -> None:
    assert [criterion_text(target) for target in read_targets(text, 1, wanted=True)] == criteria
