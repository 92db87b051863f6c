"""The quality page by its address: each view, its numbers, and what its links lead to."""

from datetime import UTC, datetime

import pytest

from components.links import page_path
from data.quality_views import BackTestRule
from pages.quality_asked import asked
from tests.reading import hrefs, with_class, words

NOW = datetime(2026, 2, 24, 12, 30, tzinfo=UTC)
VIEWS = {
    "/quality": "Component health", "/quality?view=flakes": "Same build, different outcome",
    "/quality?view=gates": "What gates are worth", "/quality?view=backtest": "The rule",
    "/quality?view=backtest&suites=SANITY&soakHours=4": "Held back or missed", "/quality?view=nonsense": "Suites",
}  # fmt: skip


@pytest.mark.parametrize(("address", "panel"), VIEWS.items())
def test_each_view_is_there(visit, address, panel):
    said = words(visit(f"{address}{'&' if '?' in address else '?'}from=2026-02-16&to=2026-02-24"))
    assert panel in said
    assert "2026-02-16 to 2026-02-24" in said


def test_a_service_is_red_below_the_minimum_and_grey_without_tests(visit):
    page = visit("/quality?from=2026-02-16&to=2026-02-24")
    tiles = {words(one).split(" ", 1)[0]: one["props"]["className"] for one in with_class(page, "health-tile")}
    assert tiles == {"Authentication": "health-tile tile-success", "Billing": "health-tile tile-nodata"}


def test_every_choice_keeps_the_others(visit):
    address = "/quality?view=backtest&service=authn&suites=SANITY&minPassRate=99&from=2026-02-16&to=2026-02-24"
    page = visit(address)
    assert any("suites=SANITY%2CREGRESSION" in href and "minPassRate=99" in href for href in hrefs(page))
    [policy] = [href for href in hrefs(page) if href.startswith("/api/gates/policy.yaml")]
    assert policy == "/api/gates/policy.yaml?suites=SANITY&minPassRate=99"


def args_of(**given: str):
    return asked(given, NOW, {"authn"}, {"mira"}, {"core"}, ["FUNCTIONAL", "SANITY"])


def test_an_address_is_read_back_as_it_was_said():
    wish = args_of(view="backtest", service="authn", suites="SANITY,FUNCTIONAL", minPassRate="99.54", soakHours="12")
    assert wish.rule == BackTestRule(("FUNCTIONAL", "SANITY"), 99.5, 12.0)
    said = {name: value for name, value in wish.query.items() if value}
    assert args_of(**said) == wish
    assert page_path("/quality", wish.query).startswith("/quality?view=backtest&service=authn")


@pytest.mark.parametrize("given", [
    {"view": "x"}, {"service": "nobody"}, {"min": "nan"}, {"min": "101"}, {"soakHours": "-1"}, {"page": "0"},
    {"suites": "NOPE"}, {"case": "x"}, {"soakHours": "1e400"}, {"team": "x", "cluster": "y"},
])  # fmt: skip
def test_what_nobody_knows_counts_as_not_said(given):
    assert args_of(**given) == args_of()
