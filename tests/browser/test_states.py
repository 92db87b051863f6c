"""Pages with nothing to show: no data ever, none that matches, a store that is away; said plainly and accessibly."""

import re
import time
from collections.abc import Iterator
from typing import Any

import pytest

from tests.api.serving import Web, serving
from tests.browser.conftest import Dashboard, Tab, tab
from tests.browser.judging import sticking_out, unfold, violations
from tests.browser.sights import SIGHTS
from tests.conftest import fresh_aws
from tests.proxy import Fault

pytestmark = pytest.mark.slow

FIRST_EVENT = "No deployment has been reported yet."
EMPTY = {
    "/": FIRST_EVENT,
    "/clusters": FIRST_EVENT,
    "/services": FIRST_EVENT,
    "/promotions": FIRST_EVENT,
    "/analytics": FIRST_EVENT,
    "/scorecard": FIRST_EVENT,
    "/ingest": "No source has sent anything yet.",
    "/ingest?view=deliveries": "Nothing was delivered within 30 days.",
    "/ingest?view=dead-letters": "Nothing had to be set aside.",
    "/clusters/mira-us-west-2": "Cluster-region not found",
    "/services/authn": "Service not found",
}
# What a page that reads the store says while it is away, and what it still shows from memory.
AWAY = {
    "overview": (None, "Needs attention"),
    "clusters": (None, "Mira"),
    "services": (None, "Authentication"),
    "promotions": ("Could not load", "Lanes"),
    "analytics": (None, "Build attempts per day"),
    "analytics with rows": ("Could not load", "Build attempts per day"),
    "score card": (None, "Authentication"),
    "cluster": ("Could not load attempts.", "Authentication"),
    "service": ("Could not load attempts.", "Cluster-regions"),
    "failed build": ("Could not load this build.", ""),
    "deliveries": ("Could not load", "Ingest"),
    "dead letters": ("Could not load", "Ingest"),
}
MADE_UP = re.compile(r"(?<![\d.])(0|100)(\.0)?[  ]?%")


@pytest.fixture(scope="module")
def nothing(emulator: str, aws_clients: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    """The web process of somebody who has just installed it."""
    with fresh_aws(emulator, *aws_clients) as aws, serving(aws, tmp_path_factory.mktemp("empty")) as web:
        yield web


@pytest.fixture(scope="module")
def phone(chromium: Any, nothing: Web) -> Iterator[Tab]:
    """A phone's tab at it."""
    with tab(chromium, f"http://127.0.0.1:{nothing.port}", 390, "dark") as opened:
        yield opened


@pytest.mark.parametrize("path", EMPTY)
def test_a_page_without_any_data_says_so_and_makes_nothing_up(phone, path):
    phone.complaints.clear()
    page = phone.open(path)
    page.wait_for_selector(f"main >> text={EMPTY[path]}")
    assert not MADE_UP.search(page.inner_text("main"))
    assert page.locator(".could-not-load").count() == 0
    assert violations(page) == []
    for width in (320, 1440, 390):
        page.set_viewport_size({"width": width, "height": 900})
        assert sticking_out(page) == []
    assert phone.complaints == []


def test_the_first_event_pasted_from_an_empty_page_is_taken(phone, nothing):
    page = phone.open("/")
    command = page.inner_text("code.with-origin")
    assert f"'http://127.0.0.1:{nothing.port}/api/ingest/webhook'" in command
    body = command.split("-d '")[1].rsplit("'", 1)[0].encode()
    assert nothing.post(body).status == 202


@pytest.fixture(scope="module")
def away(chromium: Any, dashboard: Dashboard) -> Iterator[Tab]:
    """A tab while the store is away for so long that the data counts as old."""
    dashboard.proxy.fail("dynamodb", Fault.CUT)
    try:
        wait_until_stale(dashboard, True)
        with tab(chromium, dashboard.url) as opened:
            yield opened
    finally:
        dashboard.proxy.heal()
        wait_until_stale(dashboard, False)


def wait_until_stale(dashboard: Dashboard, stale: bool) -> None:
    """Return when the web process calls its data old, or new again."""
    deadline = time.monotonic() + 60
    while dashboard.web.ask("/api/generation").body["stale"] is not stale:
        assert time.monotonic() < deadline
        time.sleep(0.25)


@pytest.mark.parametrize("name", AWAY)
def test_while_the_store_is_away_a_page_shows_what_it_knows_how_old_it_is_and_what_it_could_not_load(away, name):
    failed, stands = AWAY[name]
    away.complaints.clear()
    page = away.open(SIGHTS[name].path)
    page.wait_for_selector("#freshness[data-state=stale]")
    assert re.fullmatch(r"Data is \d+ .+ old, retrying", page.inner_text("#freshness-text"))
    assert page.inner_text("#freshness-state") == page.inner_text("#freshness-text") or "old" in page.inner_text(
        "#freshness-state"
    )
    said = page.locator(".could-not-load").all_inner_texts()
    assert any(failed in one for one in said) if failed else said == []
    assert stands in page.inner_text("main")
    unfold(page)
    assert violations(page) == []
    for width in (320, 390, 1440):
        page.set_viewport_size({"width": width, "height": 900})
        assert sticking_out(page) == []
    assert away.complaints == []
