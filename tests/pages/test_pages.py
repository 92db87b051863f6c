"""Each page on a known past: its numbers, its reasons, where everything leads."""

import re
from typing import Any
from urllib.parse import quote

import pytest

from data.models import Scope
from tests.api.conftest import FAILED, SERVING
from tests.pages.conftest import Browser
from tests.read_model import AQUILA, MIRA, PAVO
from tests.reading import hrefs, named, nodes, with_class, words

EVERY = ["/", "/clusters", "/services", f"/clusters/{MIRA}", "/services/authn", f"/builds/{quote(SERVING, safe='')}",
         "/analytics", "/promotions", "/scorecard", "/delivery", "/docs/metrics", "/no/such/page"]  # fmt: skip


def tile(page: Any, label: str) -> tuple[str, str]:
    """The value of a number, as text, and where it leads."""
    [card] = [card for card in with_class(page, "kpi") if words(card).startswith(label)]
    [value] = with_class(card, "kpi-value")
    return words(value), hrefs(value)[0]


def rows(page: Any) -> list[dict[str, Any]]:
    """The rows of the list of attempts."""
    [table] = [one for one in nodes(page, "Table") if words(one).startswith("Attempts, newest first")]
    return list(nodes(table, "Tr"))[1:]


@pytest.mark.parametrize("address", EVERY)
def test_every_page_has_one_heading_that_can_take_the_focus(visit, address):
    [heading] = list(nodes(visit(address), "H1"))
    assert heading["props"]["tabIndex"] == "-1"
    assert words(heading)


@pytest.mark.parametrize("address", EVERY)
def test_every_page_survives_strange_addresses(visit, address):
    for query in ("?utm=1", "?status=FOO&range=9y&from=x&to=2026-02-30&cursor=%00&day=..", "?status=a&status=FAILED",
                  "?cluster=%3Cscript%3E&service=" + "x" * 500, "?from=2026-02-24&to=2020-01-01"):  # fmt: skip
        assert list(nodes(visit(address + query), "H1"))


@pytest.mark.parametrize("address", EVERY)
def test_every_link_is_ours_or_checked(visit, address):
    for href in hrefs(visit(address)):
        assert re.match(r"/|https?://", href), href


def test_the_overview_counts_every_pair_once(visit):
    page = visit("/")
    [bar] = with_class(page, "parts")
    # Mira authn failed, Pavo authn rolled back; Mira billing is well; Aquila billing never finished
    assert bar["props"]["aria-label"] == (
        "Services on cluster-regions: 2 need attention, 1 unknown, 1 healthy of 4 pairs"
    )
    assert tile(page, "Need attention")[0] == "2"
    assert tile(page, "In progress")[0] == "1"


def test_the_overview_says_what_failed_where_and_why_and_leads_there(visit):
    table = named(visit("/"), "attention")
    page = visit("/")
    [shown] = [one for one in nodes(page, "Table") if words(one).startswith("What needs attention")]
    assert "failed: image pull" in words(shown)
    assert "rolled back: error rate" in words(shown)
    assert f"/builds/{quote(FAILED, safe='')}" in hrefs(shown)
    assert words(table) == "Needs attention"


def test_the_attempts_of_the_last_day_lead_to_exactly_those_rows(visit):
    shown, href = tile(visit("/"), "Attempts, last 24 h")
    assert shown == "1"
    assert len(rows(visit(href))) == 1


def test_a_cluster_page_counts_and_lists_the_same(visit):
    page = visit(f"/clusters/{MIRA}")
    states = ("Failed", "FAILED"), ("Rolled back", "ROLLBACK"), ("In progress", "IN_PROGRESS")
    for label, status in (("Attempts", None), *states):
        [card] = [card for card in with_class(page, "kpi") if words(with_class(card, "kpi-label")[0]) == label]
        [shown] = with_class(card, "kpi-value")
        value, [href] = words(shown), hrefs(shown)
        if value == "0":
            assert "No attempts match." in words(visit(href))
            continue
        listed = rows(visit(href))
        counted = [row for row in listed if status or "Cancelled" not in words(row)]
        assert str(len(counted)) == value, label


def test_cancelled_attempts_stand_apart(visit):
    page = visit(f"/clusters/{MIRA}")
    assert "1 cancelled apart" in words(page)
    assert [words(row).count("Cancelled") for row in rows(visit(f"/clusters/{MIRA}?status=CANCELLED"))] == [1]
    assert "Cancelled" not in " ".join(words(row) for row in rows(visit(f"/clusters/{MIRA}?status=FAILED")))


def test_a_list_goes_on_where_the_page_before_ended(visit, monkeypatch):
    monkeypatch.setattr("pages.attempts_list.ROWS", 2)
    seen, address = [], f"/clusters/{MIRA}"
    for _ in range(10):
        page = visit(address)
        seen += [hrefs(row)[0] for row in rows(page)]
        older = [link["props"]["href"] for link in nodes(page, "A") if words(link) == "Older attempts"]
        if not older:
            break
        address = older[0]
    monkeypatch.undo()
    assert seen == [hrefs(row)[0] for row in rows(visit(f"/clusters/{MIRA}"))]
    assert len(seen) == 5


def test_a_foreign_cursor_shows_the_first_page(visit):
    assert len(rows(visit(f"/clusters/{MIRA}?cursor=nonsense"))) == 5


def test_a_service_page_filters_by_cluster_region(visit):
    page = visit(f"/services/authn?cluster={PAVO}")
    assert ["Rolled back" in words(row) for row in rows(page)] == [True]
    assert "cluster: pavo-us-west-2" in words(page)
    assert len(rows(visit("/services/authn"))) == 5


def test_a_service_page_shows_its_promotions(visit):
    page = visit("/services/authn")
    [table] = [one for one in nodes(page, "Table") if words(one).startswith("Promotions")]
    assert [words(row).split()[0] for row in nodes(table, "Tr")] == ["Version", "3.4.2", "3.4.2"]


def test_production_deployments_of_a_service_are_listed_over_its_production_clusters(visit):
    page = visit("/services/billing?stage=Production")
    assert ["In progress" in words(row) for row in rows(page)] == [True]


def test_a_build_page_names_gates_runs_claims_siblings_and_promotions(visit):
    page = visit(f"/builds/{quote(SERVING, safe='')}")
    assert "serving" in words(page)
    [gates] = [one for one in nodes(page, "Table") if words(one).startswith("Gates")]
    assert "Functional Passed" in words(gates)
    [runs] = [one for one in nodes(page, "Table") if words(one).startswith("Test runs")]
    assert words(runs).count("Functional") == 2
    assert "https://ci.example.com/1284" in hrefs(page)
    [claims] = [one for one in nodes(page, "Table") if words(one).startswith("What each source said")]
    assert len(list(nodes(claims, "Tr"))) == 5
    assert any(PAVO in href for href in hrefs(page))
    assert "Promotions of this version" in words(page)


def test_a_build_that_failed_says_why_first(visit):
    page = visit(f"/builds/{quote(FAILED, safe='')}")
    assert words(with_class(page, "headline")[0]).startswith("Failed image pull")
    [heading] = nodes(page, "H1")
    assert heading["props"]["data-title"] == "authn 3.4.3 failed - build"


def test_an_incident_on_the_pair_is_shown_with_the_attempt(visit):
    page = visit(f"/builds/{quote(PAVO + ':authn:3.4.2:7', safe='')}")
    assert "Incidents" in words(page)


@pytest.mark.parametrize(
    ("address", "near"),
    [("/clusters/mira-us-west-9", f"/clusters/{MIRA}"), ("/services/autn", "/services/authn"),
     ("/builds/mira-us-west-2%3Aauthn%3A9.9.9%3A1", f"/services/authn?cluster={MIRA}#attempts"),
     ("/builds/%3Cimg%20src%3Dx%3E", "/services")],
)  # fmt: skip
def test_an_unknown_id_is_said_and_what_is_near_is_offered(visit, address, near):
    page = visit(address)
    assert "not found" in words(page)
    assert near in hrefs(page)


def test_analytics_answer_for_the_days_service_and_cluster_asked(visit):
    page = visit(f"/analytics?from=2026-02-19&to=2026-02-23&service=authn&cluster={MIRA}")
    assert tile(page, "Attempts")[0] == "3"
    assert "service: Authentication" in words(page)
    [builds] = [one for one in nodes(page, "Graph") if one["props"]["id"]["name"] == "builds"]
    assert builds["props"]["figure"]["data"][0]["y"] == [0, 0, 0, 1, 0]


def test_a_bar_leads_to_the_attempts_of_its_day(visit):
    page = visit("/analytics?from=2026-02-19&to=2026-02-24")
    [builds] = [one for one in nodes(page, "Graph") if one["props"]["id"]["name"] == "builds"]
    failed = builds["props"]["figure"]["data"][0]
    assert failed["y"] == [0, 0, 0, 1, 0, 0]
    shown = rows(visit(failed["customdata"][3]))
    assert ["image pull" in words(row) for row in shown] == [True]


def test_the_numbers_of_a_chart_are_there_as_a_table(visit):
    page = visit("/analytics?from=2026-02-19&to=2026-02-24")
    [table] = [one for one in nodes(page, "Table") if words(one).startswith("Build attempts per day")]
    assert "2026-02-24, so far" in words(table)
    assert len(list(nodes(table, "Tr"))) == 7


def test_the_score_card_shows_gaps_as_gaps_and_numbers_with_their_rows(visit):
    page = visit("/scorecard")
    [billing] = [row for row in nodes(page, "Tr") if words(row).startswith("Billing")]
    [authn] = [row for row in nodes(page, "Tr") if words(row).startswith("Authentication")]
    assert words(billing).count("No data") + words(billing).count("not expected") == 3
    assert "99." in words(authn) or "100" in words(authn)
    assert "/services/authn?range=30d&status=ROLLBACK#attempts" in hrefs(authn)


def test_what_is_out_of_scope_does_not_exist(site):
    scoped = Browser(site.app(scope=Scope(clusters=frozenset({MIRA}), services=frozenset({"authn"}))))
    for address in ("/", "/clusters", "/services", "/analytics?rows=1", "/scorecard", "/services/authn"):
        shown = words(scoped.visit(address))
        assert AQUILA not in shown
        assert "Billing" not in shown
        assert "billing" not in shown
    assert "not found" in words(scoped.visit(f"/clusters/{AQUILA}"))
    assert "not found" in words(scoped.visit("/services/billing"))
    assert "not found" in words(scoped.visit(f"/builds/{quote(PAVO + ':authn:3.4.2:7', safe='')}"))
