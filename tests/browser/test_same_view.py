"""The address is the whole view: reload, Back, Forward and a shared link show the same page, its fields included."""

import time
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Dashboard, tab
from tests.browser.judging import view
from tests.browser.sights import COMPARED
from tests.ingest import saying
from tests.read_model import MIRA, PAVO

SECONDS = 15.0
GO = "(href) => document.dispatchEvent(new CustomEvent('open-page', { detail: href }))"
PARTS = "document.querySelector('.region')?.id"  # names the page and what its address asks for
# A page as it is opened, and narrowed by its filters.
NARROWED = {
    "overview": ("/", "/?status=attention&type=DEVELOPMENT"),
    "overview as it was": ("/", "/?asof=2026-01-01T12:00:00Z"),
    "services": ("/services", "/services?status=attention"),
    "cluster": (f"/clusters/{MIRA}", f"/clusters/{MIRA}?range=7d&status=FAILED"),
    "service": ("/services/authn", f"/services/authn?cluster={MIRA}&status=FAILED"),
    "comparison": ("/services/authn", f"/services/authn?compare={COMPARED}&cluster={PAVO}"),
    "analytics": ("/analytics", f"/analytics?service=authn&cluster={MIRA}&range=7d&rows=1&status=FAILED"),
    "promotions": ("/promotions", "/promotions?service=authn&q=3."),
    "deliveries": ("/ingest?view=deliveries", "/ingest?view=deliveries&verdict=rejected"),
    "ingest lab": ("/ingest?view=lab", "/ingest?view=lab&sample=junit"),
    "ingest set-up": ("/ingest?view=set-up", "/ingest?view=set-up&for=jenkins"),
}


@pytest.fixture(scope="module")
def quiet(dashboard: Dashboard) -> Iterator[Dashboard]:
    """The dashboard when what earlier tests said has arrived."""
    dashboard.web.post(saying.deployment(buildVersion="latest"))  # refused: something to filter by
    before, since = -1, time.monotonic()
    while time.monotonic() - since < 2:
        now = dashboard.web.ask("/api/generation").body["generation"]
        if now != before:
            before, since = now, time.monotonic()
        time.sleep(0.2)
    yield dashboard


def shows(page: Page, expected: list[str]) -> None:
    """The page comes to show what is expected."""
    deadline = time.monotonic() + SECONDS
    while view(page) != expected and time.monotonic() < deadline:
        page.wait_for_timeout(50)
    assert view(page) == expected


def settled(page: Page, path: str, before: str = "") -> list[str]:
    """What the page shows at this address once nothing moves any more."""
    page.wait_for_function("(path) => location.pathname + location.search === path", arg=path)
    page.wait_for_function(f"(before) => {PARTS} !== before", arg=before)
    page.wait_for_function("() => document.querySelector('#freshness').dataset.state === 'fresh'")
    seen: list[str] = []
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        now = view(page)
        if now == seen:
            return seen
        seen = now
        page.wait_for_timeout(300)
    raise AssertionError(f"{path} does not settle")


@pytest.mark.parametrize("name", NARROWED)
def test_reload_back_forward_and_a_shared_link_show_the_same(chromium: Any, quiet: Dashboard, name: str):
    whole_path, narrow_path = NARROWED[name]
    with tab(chromium, quiet.url) as opened:
        page = opened.open(whole_path)
        whole = settled(page, whole_path)
        before = page.evaluate(PARTS)
        page.evaluate(GO, narrow_path)
        narrow = settled(page, narrow_path, before)
        assert narrow[2] != whole[2]
        page.reload()
        page.wait_for_selector("main h1")
        shows(page, narrow)
        page.go_back()
        shows(page, whole)
        page.go_forward()
        shows(page, narrow)
        with tab(chromium, quiet.url, theme="dark") as anothers:
            shows(anothers.open(page.url.removeprefix(quiet.url)), narrow)
            assert anothers.complaints == []
        assert opened.complaints == []
