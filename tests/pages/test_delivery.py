"""The delivery page by its address: filters, edition, ledgers; and every link to a definition."""

from urllib.parse import urlsplit

import pytest

from components.definitions import PATH as DEFINITIONS
from data.definitions import ANCHORS
from data.delivery_views import MetricId
from pages.delivery_asked import asked, ledger_asked
from tests.pages.test_pages import EVERY, tile
from tests.read_model import AQUILA, MIRA, NOW
from tests.reading import hrefs, nodes, with_class, words

ADDRESS = "/delivery?from=2026-02-01&to=2026-02-24"
MORE = [f"{ADDRESS}&ledger=all", "/delivery?service=authn&edition=2025", "/promotions?service=authn"]


def listed(page):
    """The rows of the ledger."""
    tables = [one for one in nodes(page, "Table") if words(one).startswith("Ledger, newest first")]
    return list(nodes(tables[0], "Tr"))[1:] if tables else []


def test_every_link_to_a_definition_leads_to_one(visit):
    found = set()
    for address in [*EVERY, *MORE]:
        for href in hrefs(visit(address)):
            parts = urlsplit(href)
            if parts.path == DEFINITIONS and parts.fragment:
                found.add(parts.fragment)
    assert found - ANCHORS == set()
    assert {"change-lead-time", "coverage-grade", "bands-2023"} <= found


def test_the_page_of_definitions_has_every_anchor_once_and_leads_to_each(visit):
    page = visit(DEFINITIONS)
    ids = [one["props"]["id"] for one in nodes(page) if isinstance(one["props"].get("id"), str)]
    anchors = [one for one in ids if one in ANCHORS]
    assert sorted(anchors) == sorted(ANCHORS)
    within = {href.partition("#")[2] for href in hrefs(page) if href.startswith(f"{DEFINITIONS}#")}
    assert within <= ANCHORS and len(within) > 30


@pytest.mark.parametrize("metric", MetricId)
def test_each_number_leads_to_its_ledger(visit, metric):
    page = visit(f"{ADDRESS}&ledger={metric.value}")
    [panel] = [one for one in with_class(page, "panel") if words(one).startswith("Ledger: ")]
    assert f"/docs/metrics#{metric.value.replace('_', '-')}" in hrefs(panel)


def test_the_deployments_of_the_frequency_are_the_rows_counted(visit):
    page = visit(ADDRESS)
    _, href = tile(page, "Deployment frequency")
    shown = listed(visit(href))
    counted = [one for one in shown if "left out" not in words(one)]
    [card] = [one for one in with_class(page, "kpi") if words(one).startswith("Deployment frequency")]
    assert shown and f"n = {len(counted)} deployment" in words(card)


def test_rows_left_out_say_why(visit):
    page = visit(f"{ADDRESS}&ledger=deployment_frequency&included=0")
    assert all("left out: " in words(row) for row in listed(page))


def test_a_cluster_region_that_is_not_production_says_so_instead_of_numbers(visit):
    page = visit(f"{ADDRESS}&cluster={MIRA}")
    cards = with_class(page, "metric-card")
    assert len(cards) == 5 and all("not a production cluster-region" in words(card) for card in cards)


def test_the_edition_is_named_and_kept_by_every_filter(visit):
    page = visit(f"{ADDRESS}&edition=2025")
    [current] = [one for one in nodes(page, "A") if one["props"].get("aria-current") and "20" in words(one)]
    assert words(current) == "Score 2025"
    kept = [one["props"].get("data-keep") for one in nodes(page)]
    assert kept.count("edition") == 2  # the choices and the days
    assert "Scores of 2025" in words(page)


@pytest.mark.parametrize("by", ["service", "team", "cluster"])
def test_scopes_stand_side_by_side_by_what_is_asked_for(visit, by):
    page = visit(f"{ADDRESS}&by={by}&sort=name")
    said = {"service": "Delivery by service", "team": "Nothing to compare", "cluster": "Delivery by cluster-region"}
    assert said[by] in words(page)


def test_an_address_says_what_is_asked_for_and_forgets_what_nobody_knows():
    names = {"authn": "Authentication"}, {AQUILA: "Aquila"}, {"Core"}
    args = {"service": "authn", "cluster": "nowhere", "team": "Core", "edition": "2025", "by": "x", "sort": "-name"}
    found = asked(args, NOW, *names)
    assert (found.service, found.cluster, found.team, found.by, found.sort) == (
        "authn", None, "Core", "cluster", "-name"
    )  # fmt: skip
    assert asked({k: v for k, v in found.query.items() if v}, NOW, *names) == found
    assert ledger_asked({"ledger": "nothing"}) is None


@pytest.mark.parametrize(
    ("cursor", "after"),
    [("1771934400000:aquila#authn#2", ("1771934400000", "aquila#authn#2")), ("9" * 16 + ":a#b#1", None), ("x", None)],
)
def test_where_the_ledger_goes_on_is_in_the_address(cursor, after):
    found = ledger_asked({"ledger": "all", "cursor": cursor})
    assert found is not None and found.after == after
