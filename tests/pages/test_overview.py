"""The overview for what its address asks: parts, numbers and rows of what the filters leave, and where all leads."""

from typing import Any

import pytest

from data.models import Scope
from tests.pages.conftest import Browser
from tests.read_model import AQUILA, MIRA
from tests.reading import hrefs, named, nodes, with_class, words

FILTERS = ["", "?q=auth", "?q=nothing", "?team=x", "?type=Production", "?status=behind", "?fav=billing",
           "?sort=name&page=9", "?q=%3Cscript%3E&status=FAILED&type=x&fav=..,A"]  # fmt: skip


def parts(page: Any) -> list[str]:
    """The names of the parts, in order."""
    ids = [one["props"].get("id") for one in nodes(page)]
    return [one["name"] for one in ids if isinstance(one, dict) and one["type"] == "region"]


def part(page: Any, name: str) -> Any:
    return next(
        one for one in nodes(page)
        if isinstance(one["props"].get("id"), dict) and one["props"]["id"].get("name") == name
    )  # fmt: skip


def rows(page: Any) -> list[str]:
    """The services of the matrix, in order."""
    return [hrefs(one)[0] for one in with_class(page, "matrix-name")]


def tile(page: Any, label: str) -> tuple[str, str]:
    [card] = [card for card in with_class(page, "kpi") if words(card).startswith(label)]
    [value] = with_class(card, "kpi-value")
    return words(value), hrefs(value)[0]


@pytest.mark.parametrize("query", FILTERS)
def test_every_filter_leaves_the_same_parts_so_that_the_form_is_never_redrawn(visit, query):
    assert parts(visit(f"/{query}")) == parts(visit("/"))


def test_text_alone_does_not_change_what_the_form_is_compared_by(visit):
    def told(query: str) -> Any:
        return named(visit(f"/{query}"), "page-digests")["props"]["data"]["filters"]

    assert told("?q=auth") == told("")
    assert told("?status=healthy") != told("")


def test_a_filter_typed_redraws_what_it_changes_and_not_the_form(visit, browser):
    page = visit("/")
    answer = browser.refresh(page, **{"page-address": {"page": "overview", "args": {"q": "bill"}}})
    changed = {key.split('"name":"')[1].split('"')[0] for key in answer if key.startswith("{")}
    assert {"head", "active", "matrix", "numbers", "attention", "stages"} <= changed
    assert "filters" not in changed
    assert "page-body" not in answer


def test_the_numbers_are_of_what_is_shown_and_say_of_how_much(visit):
    page = visit("/?q=bill")
    assert words(part(page, "head")).startswith("Overview 1 of 2 services on 3 cluster-regions")
    [bar] = with_class(page, "parts")
    assert bar["props"]["aria-label"].endswith("0 need attention, 1 unknown, 1 healthy of 2 pairs")
    assert tile(page, "Need attention")[0] == "0"
    assert rows(page) == ["/services/billing"]
    assert "Authentication" not in words([part(page, one) for one in parts(page) if one not in ("filters",)])


def test_a_type_shows_only_its_cluster_regions(visit):
    page = visit("/?type=Production")
    assert [words(one) for one in with_class(page, "matrix-cluster")] == ["Aquila"]
    assert AQUILA in " ".join(hrefs(part(page, "stages")))
    assert MIRA not in " ".join(hrefs(part(page, "stages")))


def test_numbers_lead_to_rows_of_the_same_filter(visit):
    page = visit("/?fav=billing")
    assert tile(page, "Attempts, last 24 h")[1] == "/analytics?last=24h&service=billing#rows"
    assert tile(page, "Need attention")[1] == "/?fav=billing#attention"
    unfiltered = visit("/")
    assert tile(unfiltered, "Attempts, last 24 h")[1] == "/analytics?last=24h#rows"
    assert tile(visit("/?type=Development"), "Finished attempts")[1] == "/?type=Development#matrix"


def test_filters_that_leave_nothing_say_so_without_numbers(visit):
    page = visit("/?q=nothing&team=x")
    assert "No services match." in words(page)
    assert with_class(page, "kpi") == with_class(page, "parts") == with_class(page, "matrix") == []
    assert "/" in hrefs(part(page, "matrix"))


def test_the_active_filters_can_be_taken_off_one_by_one(visit):
    shown = part(visit("/?q=auth&status=healthy&sort=name"), "active")
    assert "text: “auth”" in words(shown)
    assert {"/?status=healthy&sort=name", "/?q=auth&sort=name", "/?sort=name"} <= set(hrefs(shown))


def test_trouble_comes_first_or_the_name_as_the_address_says(visit):
    assert rows(visit("/")) == ["/services/authn", "/services/billing"]
    [by_name] = [one for one in nodes(visit("/?sort=name"), "A") if one["props"].get("aria-current") == "true"]
    assert words(by_name) == "Name"


def test_services_come_in_pages(visit, monkeypatch):
    monkeypatch.setattr("pages.matrix_panel.ROWS", 1)
    first, second, beyond = (visit(f"/?q=i&sort=name{page}") for page in ("", "&page=2", "&page=99"))
    assert rows(first) == ["/services/authn"]
    assert rows(second) == rows(beyond) == ["/services/billing"]
    assert "page 1 of 2" in words(first)
    assert "/?q=i&sort=name&page=2#matrix" in hrefs(first)
    assert "/?q=i&sort=name#matrix" in hrefs(second)


def test_an_address_keeps_nothing_that_is_none_of_ours(visit):
    page = visit("/?utm=1&status=FAILED&page=0&sort=x")
    assert rows(page) == rows(visit("/"))
    led = [href for name in ("active", "bar", "numbers", "matrix") for href in hrefs(part(page, name))]
    assert led
    assert not [href for href in led if "utm" in href or "FAILED" in href]


def test_out_of_scope_is_neither_shown_nor_counted(site):
    scoped = Browser(site.app(scope=Scope(clusters=frozenset({MIRA}), services=frozenset({"authn"}))))
    page = scoped.visit("/?fav=authn,billing")
    assert rows(page) == ["/services/authn"]
    assert "1 service on 1 cluster-region" in words(part(page, "head"))
