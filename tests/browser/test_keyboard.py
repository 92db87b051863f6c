"""Nothing but a keyboard: from the overview to the report of the test that failed, the focus seen at every step."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Dashboard, Tab, tab

REPORT = "https://reports.example.org/1285"
MOST_STOPS = 120
# Where the focus is, whether a reader sees it there, and what it is on.
FOCUS = """() => {
    const one = document.activeElement, style = getComputedStyle(one), box = one.getClientRects()[0];
    const middle = (from, to, end) => (Math.max(from, 0) + Math.min(to, end)) / 2;  // of what is in sight
    const x = middle(box.left, box.right, innerWidth), y = middle(box.top, box.bottom, innerHeight);
    const over = document.elementFromPoint(x, y);
    const outlined = parseFloat(style.outlineWidth) >= 2 && style.outlineStyle !== 'none';
    return { what: one.outerHTML.slice(0, 160), hidden: !outlined ? 'no outline' : !over ? 'out of sight'
             : one.contains(over) || over.contains(one) ? null : 'under ' + over.outerHTML.slice(0, 160),
             href: one.getAttribute('href') || '', text: one.textContent.trim(), panel: one.closest('.panel')?.id
             || one.closest('.panel')?.querySelector('[id]')?.id || '' };
}"""


@pytest.fixture
def keyboard(chromium: Any, dashboard: Dashboard) -> Iterator[Tab]:
    """A tab whose way out of the dashboard is answered here: no report server is asked."""
    with tab(chromium, dashboard.url) as opened:
        opened.page.route(
            "https://reports.example.org/**",
            lambda route: route.fulfill(body="<h1>The report</h1>", content_type="text/html"),
        )
        yield opened


def tab_to(page: Page, wanted: str, key: str = "Tab") -> dict[str, Any]:
    """Press Tab until the focus is on what is wanted (a condition on FOCUS); it is seen at each stop."""
    for _ in range(MOST_STOPS):
        page.keyboard.press(key)
        focus: dict[str, Any] = page.evaluate(FOCUS)
        assert focus["hidden"] is None, f"the focus is not seen on {focus['what']}: {focus['hidden']}"
        if page.evaluate(f"(focus) => {wanted}", focus):
            return focus
    raise AssertionError(f"{MOST_STOPS} stops, and none is {wanted}")


def test_tab_and_enter_lead_from_the_overview_to_the_report_of_a_failed_test(keyboard):
    page = keyboard.open("/")
    tab_to(page, "focus.text === 'Skip to content'")
    page.keyboard.press("Enter")
    tab_to(page, "focus.href.startsWith('/builds/') && focus.panel === 'attention'")
    page.keyboard.press("Enter")
    page.wait_for_function("() => location.pathname.startsWith('/builds/')")
    page.wait_for_function("() => document.activeElement.tagName === 'H1'")
    report = tab_to(page, f"focus.href === '{REPORT}'")
    assert "Report" in report["text"]
    page.keyboard.press("Enter")
    page.wait_for_url(REPORT)
    page.wait_for_selector("text=The report")
    assert keyboard.complaints == [f"asked {REPORT}"]


def test_every_stop_of_a_page_is_seen_and_shift_tab_leads_the_same_way_back(keyboard):
    page = keyboard.open("/analytics?range=7d&rows=1")
    there = [page.evaluate("document.activeElement.tagName")]
    for _ in range(25):
        there.append(tab_to(page, "true")["what"])
    for expected in reversed(there[1:-1]):
        assert tab_to(page, "true", "Shift+Tab")["what"] == expected


def test_the_search_leads_to_a_report_too(keyboard):
    page = keyboard.open("/")
    page.keyboard.press("/")
    page.wait_for_selector("#search-dialog[open]")
    page.keyboard.type("3.4.0")
    page.wait_for_selector(".search-hit[aria-selected=true]")
    page.keyboard.press("Enter")
    page.wait_for_function("() => location.pathname.startsWith('/builds/')")
    page.wait_for_function("() => document.activeElement.tagName === 'H1'")
    tab_to(page, f"focus.href === '{REPORT}'")
    page.keyboard.press("Enter")
    page.wait_for_url(REPORT)
