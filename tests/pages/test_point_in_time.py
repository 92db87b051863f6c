"""Overview, cluster and service as they were: the same views, on what was so then."""

from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import pytest

from data.instants import to_instant
from pages.moments import Moments, Refused, moments
from tests.read_model import AQUILA, MIRA, NOW, PAVO
from tests.reading import hrefs, nodes, with_class, words

BEFORE, AFTER = "2026-02-22T09:00Z", "2026-02-22T11:00Z"
PLACES = ["/", f"/clusters/{MIRA}", "/services/authn"]


def banner(page):
    [found] = with_class(page, "asof-banner")
    return found


def changes(page):
    [found] = [one for one in nodes(page, "Section") if words(one).startswith("What changed")]
    return found


def rows(page):
    return [words(row) for row in nodes(changes(page), "Tr")][1:]


@pytest.mark.parametrize("place", PLACES)
def test_while_it_is_now_there_is_one_button_and_the_incident_question(visit, place):
    page = visit(place)
    [bar] = with_class(page, "asof-off")
    assert words(next(nodes(bar, "Button"))).strip() == "As of…"
    asked = [parse_qs(urlsplit(href).query) for href in hrefs(bar)]
    assert asked == [{"asof": [back], "diff": ["now"]} for back in ("-1h", "-6h", "-24h", "-7d")]
    assert not with_class(page, "asof-banner")


@pytest.mark.parametrize("place", PLACES)
def test_a_page_of_the_past_says_so_and_leads_back(visit, place):
    shown = banner(visit(f"{place}?asof={BEFORE}"))
    assert "As it was on 2026-02-22 09:00 UTC · as known now" in " ".join(words(shown).split())
    [back] = with_class(shown, "asof-back")
    assert back["props"]["href"] == place


def test_the_past_is_shown_without_what_came_after(visit):
    failed, before = visit(f"/?asof={AFTER}"), visit(f"/?asof={BEFORE}")
    assert "failed: image pull" in words(failed)
    assert "failed: image pull" not in words(before)


def test_lists_of_attempts_end_there_and_what_ended_later_still_ran(visit):
    page = visit(f"/services/authn?asof=2026-02-22T10:05Z&cluster={MIRA}")
    [table] = [one for one in nodes(page, "Table") if words(one).startswith("Attempts, newest first")]
    listed = [words(row) for row in nodes(table, "Tr")][1:]
    assert "3.4.3" in listed[0] and "In progress" in listed[0]
    assert not any("3.4.4" in one for one in listed)
    failed = visit(f"/services/authn?asof=2026-02-22T10:05Z&cluster={MIRA}&status=FAILED")
    assert "No attempts match" in words(failed)


def test_steps_lead_to_the_changes_beside(visit):
    page = visit(f"/clusters/{MIRA}?asof={BEFORE}")
    led = {one["props"]["aria-label"]: one["props"]["href"] for one in with_class(banner(page), "asof-step")}
    assert parse_qs(urlsplit(led["To the change before"]).query) == {"asof": ["2026-02-20T10:14Z"]}
    assert parse_qs(urlsplit(led["To the change after"]).query) == {"asof": ["2026-02-22T10:00Z"]}
    assert parse_qs(urlsplit(led["One hour later"]).query) == {"asof": ["2026-02-22T10:00Z"]}
    last = visit(f"/?asof={to_instant(NOW)[:16]}Z")
    assert "One hour later" not in {one["props"]["aria-label"] for one in with_class(banner(last), "asof-step")}


def test_filters_of_the_page_stay_beside_its_instant(visit):
    shown = banner(visit(f"/?asof={BEFORE}&team=identity&cursor=x"))
    for href in hrefs(shown):
        assert parse_qs(urlsplit(href).query)["team"] == ["identity"]
        assert "cursor" not in href


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("asof=2026-02-25T00:00Z", "asof lies in the future"),
        ("asof=yesterday", "asof must be an ISO 8601"),
        (f"asof={BEFORE}&diff=2027-01-01T00:00Z", "diff lies in the future"),
        (f"asof={BEFORE}&known=x", "known must be an ISO 8601"),
        ("asof=2020-01-01T00:00Z", "are not held"),
    ],
)
@pytest.mark.parametrize("place", PLACES)
def test_an_instant_that_cannot_be_shown_is_named(visit, place, query, said):
    page = visit(f"{place}?{query}")
    assert said in " ".join(words(page).split())
    assert [one["props"]["href"] for one in with_class(page, "asof-back")] == [place]
    assert not list(nodes(page, "Table"))


def test_two_instants_are_compared_pair_by_pair(visit):
    page = visit(f"/?asof={BEFORE}&diff={AFTER}")
    [row] = [" ".join(one.split()) for one in rows(page)]
    assert "Broke" in row and "Functional: passed" in row and "3.4.3" in row
    assert "1 of 2 pairs" in words(changes(page))


def test_the_later_instant_may_be_named_first(visit):
    forth, back = visit(f"/?asof={BEFORE}&diff={AFTER}"), visit(f"/?asof={AFTER}&diff={BEFORE}")
    assert words(changes(forth)) == words(changes(back))


def test_what_changed_until_now_is_production_first(visit):
    shown = rows(visit("/?asof=-2d&diff=now"))
    assert [AQUILA[:6].title() in one for one in shown] == [True, *[False] * (len(shown) - 1)]


def test_a_page_of_one_cluster_or_service_tells_its_own_changes(visit):
    of_cluster = rows(visit(f"/clusters/{PAVO}?asof=2026-02-19T00:00Z&diff=now"))
    of_service = rows(visit("/services/billing?asof=2026-02-19T00:00Z&diff=now"))
    assert len(of_cluster) == 1 and "Authentication" in of_cluster[0]
    assert len(of_service) == 2 and all("Billing" in one for one in of_service)


def test_nothing_changed_is_said(visit):
    assert "Nothing changed." in words(changes(visit(f"/?asof={BEFORE}&diff={BEFORE}")))


def test_the_second_clock_leaves_out_what_was_received_later(visit):
    """All of this past was received at noon of its last day."""
    early = "2026-02-24T11:00Z"
    assert "No attempts in this period" in words(visit(f"/clusters/{MIRA}?asof={AFTER}&known={early}"))
    page = visit(f"/?asof={AFTER}&known={early}")
    assert "as it was known on 2026-02-24 11:00 UTC" in " ".join(words(banner(page)).split())
    assert "image pull" not in words(page)
    assert "image pull" in words(visit(f"/?asof={AFTER}&known=2026-02-24T12:00Z"))


def test_a_refresh_of_the_past_redraws_nothing(browser):
    page = browser.visit(f"/clusters/{MIRA}?asof={BEFORE}")
    answer = browser.refresh(page)
    assert answer is None or not any("children" in one for name, one in answer.items() if "region" in name)


def test_moments_are_read_to_the_second_and_said_in_one_way():
    now = datetime(2026, 2, 24, 12, 0, 30, tzinfo=UTC)
    for text in ("2026-02-22T09:00", "2026-02-22T09:00Z", "2026-02-22T10:00:00.700+01:00"):
        found = moments({"asof": text}, now)
        assert isinstance(found, Moments)
        assert (found.at, found.query) == ("2026-02-22T09:00:00.000Z", {"asof": "2026-02-22T09:00Z"})
    back = moments({"asof": "-2h", "diff": "now", "known": "now"}, now)
    assert back == Moments(
        "2026-02-24T10:00:00.000Z", None, to_instant(now), True, {"asof": "-2h", "diff": "now"}
    )  # fmt: skip
    assert moments({"diff": "now"}, now) is None
    assert isinstance(moments({"asof": "2026-02-24T12:00:31Z"}, now), Refused)
