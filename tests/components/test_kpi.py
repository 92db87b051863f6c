"""Tiles: a number, what it rests on, how it moved, and its rows."""

import pytest

from components import kpi
from data.views import Rate
from tests.reading import hrefs, with_class, words


def test_a_rate_shows_its_sample_and_leads_to_its_rows():
    tile = kpi.rate_card("Success rate", Rate(0.9375, 48), href="/analytics#rows")
    assert "n = 48" in words(tile)
    assert hrefs(tile) == ["/analytics#rows"]


def test_no_attempts_is_not_zero_percent():
    shown = words(kpi.rate_card("Success rate", Rate(None, 0, "no_attempts"), href="/"))
    assert "%" not in shown
    assert "no finished attempts" in shown


def test_a_better_rate_is_good_and_a_worse_one_bad():
    better = kpi.moved_rate(Rate(0.95, 40), Rate(0.90, 40), "before")
    worse = kpi.moved_rate(Rate(0.90, 40), Rate(0.95, 40), "before")
    assert words(better) == "5.0 points better than before"
    assert with_class(better, "delta-good")
    assert words(worse) == "5.0 points worse than before"
    assert with_class(worse, "delta-bad")


def test_small_samples_have_no_trend():
    assert "too few" in words(kpi.moved_rate(Rate(1.0, 9), Rate(0.5, 40), "before"))
    assert "no finished attempts in before" in words(kpi.moved_rate(Rate(1.0, 20), Rate(None, 0), "before"))


def test_more_deployments_are_neither_good_nor_bad():
    moved = kpi.moved_count(15, 12, "deployments", "before")
    assert words(moved) == "3 more deployments than before"
    assert with_class(moved, "delta-neutral")
    assert words(kpi.moved_count(12, 12, "", "before")) == "as many as before"


def test_the_parts_of_a_bar_add_up_and_each_leads_somewhere():
    parts = [("bad", 3, "failed", "/a"), ("unknown", 0, "nodata", "/b"), ("good", 7, "success", "/c")]
    bar = kpi.parts_bar(parts, "Pairs", "pair")
    assert [one["props"]["style"]["flexGrow"] for one in with_class(bar, "part")] == [3, 7]
    assert with_class(bar, "parts")[0]["props"]["aria-label"] == "Pairs: 3 bad, 0 unknown, 7 good of 10 pairs"
    assert hrefs(bar) == ["/a", "/b", "/c"]


@pytest.mark.parametrize(("now", "before", "said", "tone"), [
    (3, 5, "2 fewer than the 7 days before", "good"), (5, 3, "2 more than the 7 days before", "bad"),
    (3, 3, "as many as the 7 days before", "neutral"),
])  # fmt: skip
def test_fewer_failures_are_good(now, before, said, tone):
    shown = kpi.moved_count(now, before, "", "the 7 days before", of_failures=True)
    assert words(shown) == said
    assert f"delta-{tone}" in shown["props"]["className"]


@pytest.mark.parametrize(("now", "before", "said", "tone"), [
    (60, 120, "1.0\u202fmin shorter than the day before", "good"),
    (120, 60, "1.0\u202fmin longer than the day before", "bad"),
    (601, 600, "about as long as the day before", "neutral"), (0, 0, "about as long as the day before", "neutral"),
])  # fmt: skip
def test_a_shorter_duration_is_good_and_a_small_change_is_none(now, before, said, tone):
    shown = kpi.moved_duration(now, before, "the day before")
    assert words(shown) == said
    assert f"delta-{tone}" in shown["props"]["className"]
