"""What delivery looks like: grey without evidence, gaps where nothing is known, every number leading to its rows."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components import delivery_cards, delivery_compare, delivery_figures, delivery_tables, delivery_words
from components.delivery_benchmark import INDUSTRY, THRESHOLDS, benchmark, beside
from components.delivery_ledger import ledger_table
from data.delivery_judge import Failure, Kind, Rework
from data.delivery_rows import ledger
from data.delivery_views import (
    Band,
    Change,
    Delivery,
    DeliveryFilter,
    Edition,
    LedgerFilter,
    Metric,
    MetricId,
    ScopeNumbers,
)
from data.models import EVERYTHING
from tests.delivery_past import PAST, out, told
from tests.read_model import AQUILA, MIRA, NOW, generation
from tests.reading import hrefs, nodes, with_class, words

QUERY: dict[str, str | None] = {"service": "authn"}
TONES = ("success", "progress", "rollback", "failed")


def card(metric: MetricId, shown: Delivery) -> Any:
    return delivery_cards.card(shown, metric, QUERY)


def changed(shown: Delivery, metric: MetricId, **changes: Any) -> Delivery:
    one = replace(shown.numbers.metrics[metric], **changes)
    return replace(
        shown, numbers=replace(shown.numbers, metrics={**shown.numbers.metrics, metric: one})
    )  # fmt: skip


@pytest.mark.parametrize("edition", Edition)
@pytest.mark.parametrize("metric", MetricId)
def test_without_a_value_a_card_is_grey_and_says_why(metric, edition):
    shown = card(metric, told(start="2026-01-10", end="2026-01-12", edition=edition))
    assert with_class(shown, "metric-thin")
    [badge] = with_class(shown, "badge-state")
    assert "tone-nodata" in badge["props"]["className"] and words(badge).strip() == "No evidence"
    assert "no data" not in words(shown)


def test_a_card_shows_value_sample_interval_band_and_leads_to_its_ledger_and_definition():
    shown = card(MetricId.LEAD_TIME, told())
    assert "2 h 10 min" in words(shown).replace("\u202f", " ")
    assert "n = 4 commits" in words(shown) and "Elite" in words(shown)
    assert hrefs(shown)[:2] == [
        "/docs/metrics#change-lead-time", "/delivery?service=authn&ledger=change_lead_time&included=1#ledger",
    ]  # fmt: skip
    rate = words(card(MetricId.FAILURE_RATE, told())).replace("\u202f", " ")
    assert "40.0 %" in rate and "95 %: 11.8 % to 76.9 %" in rate


def test_a_small_sample_has_no_band_and_no_colour():
    shown = card(MetricId.FAILURE_RATE, told())
    assert with_class(shown, "metric-thin")
    assert not [one for tone in TONES for one in with_class(shown, f"tone-{tone}")]
    assert "Small sample" in words(shown)


def test_open_failures_are_told_with_the_oldest_and_lead_to_their_rows():
    shown = card(MetricId.RECOVERY_TIME, told())
    [line] = with_class(shown, "open-failures")
    assert words(line).replace("\u202f", " ").strip() == "1 failure open, oldest 1 h 50 min"
    assert hrefs(line) == [
        "/delivery?service=authn&ledger=failed_deployment_recovery_time&included=0#ledger"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("metric", "trend", "better", "said", "tone"),
    [
        (MetricId.FREQUENCY, "up", True, "20.0 % more often than before: better", "good"),
        (MetricId.LEAD_TIME, "up", False, "20.0 % longer than before: worse", "bad"),
        (MetricId.FAILURE_RATE, "down", True, "20.0 % lower than before: better", "good"),
        (MetricId.LEAD_TIME, "steady", None, "steady", "neutral"),
        (MetricId.LEAD_TIME, "none", None, "no trend: fewer than 10 in one of the periods", "neutral"),
    ],
)
def test_a_trend_is_good_or_bad_by_the_metric_in_words(metric, trend, better, said, tone):
    shown = told()
    change = Change(1.0, 20, 0.2, trend, better)
    [delta] = with_class(card(metric, changed(shown, metric, change=change)), "delta")
    assert words(delta).strip().replace("\u202f", " ") == said
    assert f"delta-{tone}" in delta["props"]["className"]


def test_the_edition_of_2025_shows_scores_instead_of_bands():
    shown = told(edition=Edition.SCORE_2025)
    text = words(card(MetricId.LEAD_TIME, shown))
    assert "score" in text and "of 10" in text and "Elite" not in text
    assert "Industry" in words(benchmark(shown, QUERY)) and "In all 7.3 of 10." in words(benchmark(shown, QUERY))
    empty = told(start="2026-01-10", end="2026-01-12", edition=Edition.SCORE_2025)
    assert "No score in all" in words(benchmark(empty, QUERY))


def test_frequencies_are_in_the_unit_that_gives_at_least_one():
    assert delivery_words.a_time(2.25) == "2.2 a day"
    assert delivery_words.a_time(0.5) == "3.5 a week"
    assert delivery_words.a_time(0.1) == "3.0 a month"
    assert delivery_words.a_time(0) == "0 a day"


def test_the_band_of_this_scope_is_marked_in_the_table_of_thresholds():
    table = benchmark(told(), QUERY)
    assert [words(one) for one in with_class(table, "here")] == ["below a day  (here)", "below a day  (here)"]
    assert THRESHOLDS.keys() == set(MetricId) - {MetricId.REWORK_RATE}
    assert INDUSTRY.keys() == set(MetricId)


@pytest.mark.parametrize(("score", "said"), [(None, "no score"), (5.0, "about usual"), (9.0, "above most"),
                                             (1.0, "below most")])  # fmt: skip
def test_a_score_is_held_against_the_industry(score, said):
    assert said in words(beside(score, 5.5, 2.4))


def test_before_the_first_event_there_is_no_bar_and_without_times_a_gap():
    shown = told(start="2026-01-30", end="2026-02-04")
    failed, held = delivery_figures.deployments(shown, lambda day: f"/d/{day}")["data"]
    assert failed["y"] == [None, None, 0, 0, 1, 0]
    assert held["y"] == [None, None, 1, 1, 0, 0]
    assert held["customdata"][2] == "/d/2026-02-01"
    p90, p50 = delivery_figures.lead_times(shown, lambda day: day)["data"]
    assert p50["y"] == [None, None, 2.17, 2.17, None, None] and p50["connectgaps"] is False
    [recovery] = delivery_figures.recovery(shown, lambda day: day)["data"]
    assert recovery["y"] == [None, None, None, None, 2.0, None]
    assert p90["x"] == [one.label for one in shown.buckets]


def test_failures_and_restores_stand_beside_each_other():
    figure = delivery_figures.troubles(told(start="2026-02-01", end="2026-02-04"), lambda day: "/f", lambda day: "/r")
    failed, restores = figure["data"]
    assert (failed["y"], restores["y"]) == ([0, 0, 1, 0], [0, 0, 1, 0])
    assert {*failed["customdata"]} == {"/f"} and {*restores["customdata"]} == {"/r"}


def test_months_cannot_be_narrowed_by_a_drag():
    shown = replace(told(), grain="month")
    assert "meta" not in delivery_figures.deployments(shown, lambda day: day)["layout"]
    assert delivery_figures.deployments(told(), lambda day: day)["layout"]["meta"] == {"narrow": "day"}


def test_the_tables_of_the_charts_say_the_same_numbers():
    shown = told(start="2026-02-01", end="2026-02-04")
    rows = list(nodes(delivery_tables.troubles_table(shown, lambda day: f"/d/{day}"), "Tr"))[1:]
    assert words(rows[1]).split()[:4] == ["2026-02-03", "1", "1", "1"]
    assert hrefs(rows[1]) == ["/d/2026-02-03"]
    assert "before the first event" in words(
        delivery_tables.deployments_table(told(start="2026-01-30", end="2026-02-01"), lambda day: day)
    )


def test_every_rule_of_failure_leads_to_its_rows():
    table = delivery_tables.failures_table(told(), QUERY)
    assert len(hrefs(table)) == len(Failure)
    assert "failure=restored" in hrefs(table)[1] and "An earlier version was restored" in words(table)


def test_what_is_lacking_is_named_with_what_to_send():
    shown = told()
    body = words(delivery_tables.coverage_facts(shown.numbers.coverage, [("restore", 1)], "/ingest"))
    assert "4 of 5 deployments" in body and "trigger (trigger)" in body and "1 restore" in body
    none = told(start="2026-01-10", end="2026-01-12").numbers.coverage
    assert "nothing that could be known" in words(delivery_tables.coverage_facts(none, [], "/ingest"))


def scope(name: str, value: float | None, deployments: int) -> ScopeNumbers:
    shown = changed(told(), MetricId.LEAD_TIME, value=value)
    return ScopeNumbers(name, name, replace(shown.numbers, deployments=deployments))


@given(
    st.lists(st.tuples(st.none() | st.floats(0, 1e6), st.integers(0, 50)), max_size=6),
    st.sampled_from(delivery_compare.SORTS), st.booleans(),
)  # fmt: skip
def test_a_comparison_is_sorted_by_its_heading_and_what_has_no_number_comes_last(values, name, backwards):
    rows = [scope(f"s{place}", *one) for place, one in enumerate(values)]
    ordered = delivery_compare.in_order(rows, f"-{name}" if backwards else name)
    assert sorted(one.key for one in ordered) == sorted(one.key for one in rows)
    if name == MetricId.LEAD_TIME.value:
        told_values = [one.numbers.metrics[MetricId.LEAD_TIME].value for one in ordered]
        known = [one for one in told_values if one is not None]
        assert told_values[: len(known)] == known == sorted(known, reverse=backwards)


def test_each_row_of_a_comparison_leads_to_it_alone():
    table = delivery_compare.compare_table(
        told().services, "service", "-deployments", Edition.BANDS_2023, {"range": "30d"}
    )
    assert "/delivery?range=30d&service=authn" in hrefs(table)
    [heading] = [one for one in nodes(table, "Th") if one["props"].get("aria-sort")]
    assert heading["props"]["aria-sort"] == "descending" and words(heading).strip() == "Deployments"


def rows_of(metric: MetricId | None = None, **asked: Any) -> Any:
    gen = generation(PAST, NOW)
    wanted = LedgerFilter(DeliveryFilter("2026-02-01", "2026-02-24"), metric, **asked)
    return ledger(gen, EVERYTHING, wanted, NOW, 50).rows


def test_the_ledger_says_what_each_row_counts_as_and_what_failed_it():
    text = words(ledger_table(rows_of(), {AQUILA: "Aquila", "authn": "Authentication"}, "Ledger"))
    assert "left out: it never served" in text and "rework: restore" in text
    assert "an earlier version was restored" in text and "Open" in text
    assert "1 commit: no commit time" in text and "first of its release" in text


def test_a_recovered_failure_leads_to_the_build_that_ended_it():
    [failed] = rows_of(MetricId.RECOVERY_TIME, included=True)
    table = ledger_table([failed], {}, "Ledger")
    assert [one for one in hrefs(table) if one.startswith("/builds/")] == [
        f"/builds/{one.replace(':', '%3A')}" for one in (failed.attempt_id, failed.recovered_by)
    ]
    assert words(table).replace("\u202f", " ").count("2 h 00 min") == 1


def test_every_kind_rule_and_reason_has_words():
    assert delivery_words.KINDS.keys() == set(Kind)
    assert delivery_words.FAILURES.keys() == set(Failure)
    assert delivery_words.REWORKS.keys() == set(Rework)
    assert delivery_words.BANDS.keys() == set(Band)
    assert delivery_words.why("something_new") == "something new"
    for code in ("restore", "redeploy", "failed_rollout", "cancelled", "in_progress", "no_commit_time", "no_end"):
        assert "_" not in delivery_words.counted_out(code, 2) + delivery_words.left_out(code)


def test_a_line_of_the_five_shows_each_with_its_ledger():
    line = delivery_cards.in_one_line(told(), QUERY)
    assert len(list(nodes(line, "Li"))) == len(MetricId)
    assert sum("ledger=" in one for one in hrefs(line)) == len(MetricId)


def test_a_band_follows_from_evidence_alone():
    nothing = Metric(MetricId.FREQUENCY, None, 0, "no_deployments", band=Band.ELITE)
    assert delivery_words.band_look(nothing).tone == "nodata"


def test_a_deployment_that_is_not_of_production_is_not_told():
    shown = told(out("2026-02-02T10:00:00Z", "1.0.0", cluster_id=MIRA), cluster_id=MIRA)
    assert "not a production cluster-region" in words(card(MetricId.FREQUENCY, shown))
