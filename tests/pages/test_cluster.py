"""The cluster-region pages on a known past: timeline, numbers, services and attempts, all by the address."""

import pytest

from data.models import Scope
from tests.pages.conftest import Browser
from tests.pages.test_pages import rows, tile
from tests.read_model import AQUILA, MIRA
from tests.reading import hrefs, nodes, with_class, words

PAGE = f"/clusters/{MIRA}"


def table(page, caption):
    return next((one for one in nodes(page, "Table") if words(one).startswith(caption)), None)


def names(page, caption):
    return [words(next(nodes(row, "Th"))) for row in list(nodes(table(page, caption), "Tr"))[1:]]


def timeline(page):
    [graph] = [one for one in nodes(page, "Graph") if one["props"]["id"]["name"] == "timeline"]
    return graph["props"]["figure"]["data"]


def test_every_attempt_of_the_days_has_a_bar_that_leads_to_its_build(visit):
    page = visit(PAGE)
    bars = [href for trace in timeline(page) for href in trace.get("customdata", ())]
    listed = [hrefs(row)[0] for row in rows(page)]
    assert sorted(bars) == sorted(listed)
    assert [trace["name"] for trace in timeline(page)[1:]] == ["Success", "Cancelled", "Failed"]


def test_the_timeline_says_the_same_as_a_table(visit):
    shown = table(visit(PAGE), "Attempts by service, newest first")
    assert len(list(nodes(shown, "Tr"))) == 1 + 5
    assert "image pull" in words(shown)


def test_days_without_an_attempt_have_no_timeline_but_say_so(visit):
    page = visit(f"{PAGE}?from=2026-01-05&to=2026-01-06")
    assert not list(nodes(page, "Graph"))
    assert words(page).count("No attempts in this period.") == 2


def test_the_numbers_are_of_the_days_and_say_how_they_moved(visit):
    page = visit(f"{PAGE}?from=2026-02-22&to=2026-02-23")
    assert tile(page, "Attempts")[0] == "2"
    assert tile(page, "Failed")[0] == "1"
    tiles = {words(card).split(" ")[0]: words(card) for card in with_class(page, "kpi")}
    assert tiles["Attempts"].endswith("1 cancelled apart 1 more than the 2 days before")
    assert tiles["Failed"].endswith("1 more than the 2 days before")
    assert tiles["Rolled"].endswith("as many as the 2 days before")
    assert tile(page, "Median deploy duration")[1].startswith(f"{PAGE}?from=2026-02-22&to=2026-02-23&status=SUCCESS")


def test_a_success_rate_says_how_many_it_is_of_and_leads_to_the_successes(visit):
    page = visit(PAGE)
    value, href = tile(page, "Success rate")
    assert value.startswith("75")
    assert "n = 4" in words(page)
    assert len(rows(visit(href))) == 3


@pytest.mark.parametrize(("query", "count"), [
    ("trigger=merge", 5), ("trigger=hotfix", 0), ("trigger=nonsense", 5), ("service=billing", 1),
    ("trigger=merge&status=FAILED", 1), ("trigger=merge&status=CANCELLED&service=authn", 1),
    ("trigger=merge&from=2026-02-22&to=2026-02-22", 1),
])  # fmt: skip
def test_attempts_are_narrowed_by_the_address(visit, query, count):
    page = visit(f"{PAGE}?{query}")
    assert len(rows(page) if table(page, "Attempts, newest first") else []) == count


def test_filters_that_leave_nothing_can_be_taken_off_one_by_one(visit):
    page = visit(f"{PAGE}?trigger=hotfix&status=FAILED&service=authn&range=30d&sort=name")
    chips = with_class(page, "chip")
    assert [words(chip) for chip in chips] == ["service: authn", "trigger: hotfix", "status: failed"]
    assert hrefs(chips[1]) == [f"{PAGE}?range=30d&status=FAILED&service=authn&sort=name#attempts"]
    [clear] = [one for one in nodes(page, "A") if words(one) == "Clear filters"]
    assert clear["props"]["href"] == f"{PAGE}?range=30d&sort=name#attempts"


def test_another_range_keeps_the_filters_and_the_order_and_drops_the_page_of_the_list(visit):
    page = visit(f"{PAGE}?trigger=merge&sort=-since&cursor=nonsense&q=auth")
    [ranges] = [one for one in nodes(page, "Nav") if one["props"].get("aria-label") == "Range"]
    assert hrefs(ranges)[1] == f"{PAGE}?trigger=merge&q=auth&sort=-since&range=7d"


def test_services_are_sorted_and_filtered_by_the_address(visit):
    caption = "Services on this cluster-region"
    assert names(visit(PAGE), caption) == ["Authentication", "Billing"]
    assert names(visit(f"{PAGE}?sort=-name"), caption) == ["Billing", "Authentication"]
    assert names(visit(f"{PAGE}?sort=nonsense"), caption) == ["Authentication", "Billing"]
    assert names(visit(f"{PAGE}?q=bill"), caption) == ["Billing"]
    nothing = visit(f"{PAGE}?q=zzz")
    assert table(nothing, caption) is None
    assert "No services match." in words(nothing)


def test_typing_redraws_the_services_and_not_the_field(browser):
    page = browser.visit(PAGE)
    address = {"page": "cluster", "args": {"cluster_id": MIRA, "q": "bill"}}
    changed = {key.split('"name":"')[1].split('"')[0] for key in browser.refresh(page, **{"page-address": address})
               if key.startswith("{")}  # fmt: skip
    assert "services" in changed
    assert not {"services-head", "numbers", "timeline"} & changed


def test_a_service_page_is_narrowed_by_trigger_too(visit):
    assert len(rows(visit("/services/authn?trigger=merge"))) == 5
    assert "trigger: hotfix" in words(visit("/services/authn?trigger=hotfix"))


@pytest.mark.parametrize(("query", "expected"), [
    ("", ["Mira", "Pavo", "Aquila"]), ("?sort=-path", ["Aquila", "Pavo", "Mira"]),
    ("?sort=name", ["Aquila", "Mira", "Pavo"]), ("?sort=-attention", ["Mira", "Pavo", "Aquila"]),
    ("?sort=-running", ["Aquila", "Mira", "Pavo"]), ("?sort=-latest", ["Aquila", "Mira", "Pavo"]),
    ("?type=Production", ["Aquila"]), ("?type=nonsense", ["Mira", "Pavo", "Aquila"]),
    ("?q=US-WEST&type=staging", ["Pavo"]), ("?q=mira", ["Mira"]),
])  # fmt: skip
def test_all_cluster_regions_are_listed_sorted_and_filtered_by_the_address(visit, query, expected):
    assert names(visit(f"/clusters{query}"), "Cluster-regions") == expected


def test_a_cluster_region_says_how_many_of_its_services_are_well_and_how_its_week_went(visit):
    mira, pavo, aquila = list(nodes(table(visit("/clusters"), "Cluster-regions"), "Tr"))[1:]
    assert "1 need attention 1 healthy" in words(mira)
    assert "75.0\u202f% n 4" in words(mira)
    assert f"/clusters/{AQUILA}?status=IN_PROGRESS#attempts" in hrefs(aquila)
    assert "no finished attempts" in words(aquila)
    assert "unknown" not in words(pavo)


def test_filters_that_leave_no_cluster_region_can_be_taken_off(visit):
    page = visit("/clusters?type=Production&q=mira&sort=name")
    assert [words(chip) for chip in with_class(page, "chip")] == ["stage: Production", "text: mira"]
    assert "/clusters?type=Production&sort=name" in hrefs(page)


def test_a_scope_lists_only_its_own(site):
    scoped = Browser(site.app(scope=Scope(clusters=frozenset({MIRA}), services=frozenset({"authn"}))))
    assert names(scoped.visit("/clusters"), "Cluster-regions") == ["Mira"]
    assert names(scoped.visit(PAGE), "Services on this cluster-region") == ["Authentication"]
    assert {one for trace in timeline(scoped.visit(PAGE)) for one in trace["y"]} == {"Authentication"}
