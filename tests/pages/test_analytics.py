"""The analytics page by its address: which time, which rows, what it is compared with."""

from datetime import UTC, datetime
from typing import Any

import pytest

from pages.analytics_asked import time, wider
from tests.pages.test_pages import rows, tile
from tests.reading import hrefs, nodes, with_class, words

NOW = datetime(2026, 2, 24, 12, 30, tzinfo=UTC)
DAY = "2026-02-22"


def figure(page: Any, name: str) -> Any:
    [found] = [one for one in nodes(page, "Graph") if one["props"]["id"]["name"] == name]
    return found["props"]["figure"]


@pytest.mark.parametrize(
    ("args", "start", "end", "hours"),
    [
        ({}, "2026-02-11", "2026-02-24", None),
        ({"range": "7d"}, "2026-02-18", "2026-02-24", None),
        ({"range": "24h"}, "2026-02-23", "2026-02-24", ("2026-02-23T13:00:00.000Z", "2026-02-24T13:00:00.000Z")),
        ({"from": DAY, "to": DAY}, DAY, DAY, ("2026-02-22T00:00:00.000Z", "2026-02-23T00:00:00.000Z")),
        ({"from": f"{DAY}T10:00Z", "to": f"{DAY}T14:00Z"}, DAY, DAY,
         ("2026-02-22T10:00:00.000Z", "2026-02-22T14:00:00.000Z")),
        ({"from": f"{DAY}T10:30Z", "to": f"{DAY}T14:00Z"}, "2026-02-11", "2026-02-24", None),
        ({"from": f"{DAY}T14:00Z", "to": f"{DAY}T10:00Z"}, "2026-02-11", "2026-02-24", None),
        ({"from": "2026-02-01T10:00Z", "to": f"{DAY}T10:00Z"}, "2026-02-11", "2026-02-24", None),
        ({"range": "24h", "from": "2026-02-20", "to": DAY}, "2026-02-20", DAY, None),
    ],
)  # fmt: skip
def test_an_address_says_days_or_hours(args, start, end, hours):
    found = time(args, NOW)
    assert (found.start, found.end, found.hours) == (start, end, hours)
    assert time({name: value for name, value in found.query.items() if value}, NOW) == found


def test_hours_are_widened_to_their_day_and_days_by_half_their_number_at_each_end():
    hours = wider(time({"from": f"{DAY}T10:00Z", "to": f"{DAY}T14:00Z"}, NOW), "2026-02-24")
    assert hours == {"from": DAY, "to": DAY}
    assert wider(time({"from": DAY, "to": DAY}, NOW), "2026-02-24") == {"from": "2026-02-19", "to": "2026-02-24"}
    assert wider(time({"from": "2026-02-01", "to": "2026-02-10"}, NOW), "2026-02-24") == {
        "from": "2026-01-27", "to": "2026-02-15",
    }  # fmt: skip
    assert wider(time({}, NOW), "2026-02-24") is None


def test_a_reason_leads_to_as_many_rows_as_it_counts(visit):
    page = visit("/analytics?from=2026-02-19&to=2026-02-24")
    failed, rolled_back = figure(page, "reasons")["data"]
    for place, label in enumerate(failed["y"]):
        listed = visit(failed["customdata"][place])
        assert len(rows(listed)) == failed["x"][place] + rolled_back["x"][place]
        assert f"reason: {label}" in words(listed)


def test_every_number_leads_to_as_many_rows(visit):
    page = visit("/analytics?from=2026-02-19&to=2026-02-24")
    value, href = tile(page, "Failed")
    assert len(rows(visit(href))) == int(value)
    deploys = figure(page, "frequency")["data"][0]
    for count, href in zip(deploys["y"], deploys["customdata"], strict=True):
        assert (len(rows(visit(href))) if count else 0) == count


def test_a_bar_of_an_hour_leads_to_the_attempts_of_that_hour(visit):
    page = visit(f"/analytics?from={DAY}&to={DAY}")
    failed = figure(page, "builds")["data"][0]
    place = failed["y"].index(1)
    assert failed["x"][place] == f"{DAY}T10:00:00.000Z"
    listed = visit(failed["customdata"][place])
    assert ["image pull" in words(row) for row in rows(listed)] == [True]
    assert f"{DAY} 10:00 to {DAY} 11:00 UTC" in words(listed)


def test_comparing_names_the_days_and_says_how_numbers_moved(visit):
    page = visit("/analytics?from=2026-02-21&to=2026-02-22&compare=1")
    assert "compared with 2026-02-19 to 2026-02-20 UTC" in words(page)
    assert any(trace["name"].startswith("Period before") for trace in figure(page, "builds")["data"])
    [failed] = [card for card in with_class(page, "kpi") if words(card).startswith("Failed")]
    assert "1 more than before" in words(failed)
    assert with_class(failed, "delta-bad")


def test_with_nothing_before_there_is_nothing_to_compare_with(visit):
    assert "no attempts are known of" in words(visit("/analytics?from=2026-02-19&to=2026-02-24&compare=1"))
    assert "is not held in full" in words(visit("/analytics?from=2025-08-01&to=2026-02-24&compare=1"))


def test_every_chart_has_its_numbers_a_file_and_an_image(visit):
    page = visit("/analytics?from=2026-02-19&to=2026-02-24&service=authn")
    feet = with_class(page, "chart-foot")
    assert len(feet) == len(list(nodes(page, "Graph"))) == 6
    for foot in feet:
        [file] = [one for one in hrefs(foot) if one.startswith("/api/exports/analytics/")]
        assert file.endswith(".csv?serviceId=authn&from=2026-02-19&to=2026-02-24")
        [button] = list(nodes(foot, "Button"))
        assert button["props"]["data-png"].endswith("-authn-2026-02-19-to-2026-02-24")
        assert list(nodes(foot, "Table"))


def test_a_team_nobody_knows_is_not_asked_for(visit):
    assert "team:" not in words(visit("/analytics?team=nobody"))


def test_a_page_of_the_list_that_is_not_there_says_so(visit):
    assert "No attempts in this time." in words(visit("/analytics?rows=1&page=99"))
