"""The score card's page: levels, cells with their rows, filters in the address, what is missing, exemptions."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from data.models import Scope
from data.scorecard_models import Exemption, Level, ScoreRule
from tests.api.conftest import Site
from tests.conftest import fresh_aws
from tests.pages.conftest import Browser
from tests.read_model import CATALOG
from tests.reading import hrefs, named, nodes, with_class, words

WORK = ScoreRule("work", "Deployments work", "attempt_success_rate", ">=", 50.0, Level.BRONZE, why="<b>So</b>")
TESTED = ScoreRule("tested", "Tests pass", "pass_rate", ">=", 90.0, Level.SILVER, suite="FUNCTIONAL")
MANY = ScoreRule("many", "Many succeed", "attempt_success_rate", ">=", 99.0, Level.GOLD, tiers=("Tier 1",))
FEW = ScoreRule("few", "Few changes fail", "change_failure_rate", "<=", 10.0, Level.GOLD)
RULED = replace(
    CATALOG, score_rules=(WORK, TESTED, MANY, FEW),
    services=tuple(
        replace(one, team="Identity", tier="Tier 1") if one.service_id == "authn" else one for one in CATALOG.services
    ),
    exemptions=(
        Exemption("tested", "billing", "has none", "ada", "2026-12-31"),
        Exemption("many", "authn", "moved", "rosa", "2026-01-31"),
    ),
)  # fmt: skip


@pytest.fixture(scope="module")
def ruled(emulator: str, aws_clients: Any) -> Iterator[Site]:
    """A site whose catalog has rules, with a snapshot of a week before."""
    with fresh_aws(emulator, *aws_clients) as aws:
        site = Site(aws)
        site.judge(RULED, "2026-02-17")
        yield site


@pytest.fixture(scope="module")
def visited(ruled: Site) -> Any:
    return Browser(ruled.app()).visit


def service(page: Any, service_id: str) -> Any:
    row = named(page, f"service-{service_id}")
    return next(tr for tr in nodes(page, "Tr") if row in list(nodes(tr, "Th")))


def test_a_row_says_what_a_service_earned_and_what_is_missing_for_more(visited):
    page = visited("/scorecard")
    authn = words(service(page, "authn"))
    assert "Silver" in authn
    assert "Gold, 2 rules away" in authn
    assert "Many succeed: " in authn
    assert "points more" in authn
    assert "Few changes fail: a number is wanted" in authn
    assert "1 Silver, 1 Bronze" in words(named(page, "page-body")) or "0 Gold, 1 Silver" in words(page)


def test_a_cell_leads_to_its_rows_and_says_in_words_what_its_colour_says(visited):
    row = service(visited("/scorecard"), "authn")
    kept, tests, failed, unknown = with_class(row, "rule-cell")
    assert hrefs(kept) == ["/services/authn?from=2026-01-26&to=2026-02-24#attempts"]
    assert hrefs(tests) == ["/analytics?service=authn&from=2026-01-26&to=2026-02-24"]
    assert "Kept: " in words(kept)
    assert "Not kept: " in words(failed)
    assert "exemption expired" in words(failed)
    assert hrefs(unknown)[0].startswith("/delivery?service=authn")
    assert "gap" in unknown["props"]["className"]
    assert "No data: no deployments to production" in words(unknown)


def test_an_exempt_cell_says_so_and_a_rule_for_others_is_no_cell(visited):
    page = visited("/scorecard")
    billing = service(page, "billing")
    [exempt] = with_class(billing, "rule-exempt")
    assert "exempt to 2026-12-31" in words(exempt)
    assert "has none (ada)" in words(exempt)
    [other] = with_class(billing, "rule-none")
    assert "not asked of this service" in words(other)
    table = next(one for one in nodes(page, "Table") if words(one).startswith("Exemptions"))
    assert "expired 2026-01-31" in words(table)


def test_the_history_has_a_bar_where_there_is_a_snapshot_and_gaps_elsewhere(visited):
    row = service(visited("/scorecard"), "authn")
    [strip] = with_class(row, "levels")
    assert strip["props"]["aria-label"] == "Level by week: 2026-02-17 Silver"
    assert len(with_class(strip, "level-bar")) == 12
    assert len(with_class(strip, "level-gap")) == 11


@pytest.mark.parametrize(
    ("query", "here", "gone"),
    [("team=Identity", "service-authn", "service-billing"), ("level=Bronze", "service-billing", "service-authn")],
)
def test_filters_are_the_address_and_each_can_be_taken_off(visited, query, here, gone):
    page = visited(f"/scorecard?{query}")
    ids = {one["props"].get("id") for one in nodes(page) if isinstance(one["props"].get("id"), str)}
    assert here in ids
    assert gone not in ids
    assert "/scorecard" in [link for chip in with_class(page, "chip") for link in hrefs(chip)]


def test_one_rule_is_one_column_and_nothing_left_says_so(visited):
    row = service(visited("/scorecard?rule=work"), "authn")
    assert len(with_class(row, "rule-cell")) == 1
    assert "No services match" in words(visited("/scorecard?level=Gold"))


def test_words_that_are_no_filter_count_as_not_said(visited):
    assert words(visited("/scorecard?team=x&rule=y&level=z")) == words(visited("/scorecard"))


def test_the_numbers_stay_beside_the_rules(visited):
    page = visited("/scorecard?view=numbers")
    assert "Success rate" in words(page)
    assert "/scorecard?view=rules" in hrefs(page)
    assert any(link.startswith("/scorecard?view=numbers&range=7d") for link in hrefs(page))


def test_without_rules_the_numbers_are_the_page(visit):
    page = visit("/scorecard")
    assert "Success rate" in words(page)
    assert "/scorecard?view=rules" not in hrefs(page)


def test_a_scope_sees_its_own(ruled):
    page = Browser(ruled.app(scope=Scope(services=frozenset({"authn"})))).visit("/scorecard")
    assert "Billing" not in words(page)
    assert "billing" not in words(page)


def test_what_people_wrote_is_text(visited):
    table = next(one for one in nodes(visited("/scorecard"), "Table") if words(one).startswith("Rules of"))
    assert "<b>So</b>" in words(table)
    assert list(nodes(table, "B")) == []
