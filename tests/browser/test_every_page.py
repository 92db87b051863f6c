"""Every page in both themes, wide and on a phone: drawn, quiet, within its width, without a fault axe-core knows."""

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from playwright.sync_api import Page

from components.shell import NAVIGATION
from tests.browser.conftest import Dashboard, Tab, tab
from tests.browser.judging import COLOURS, sticking_out, unfold, violations
from tests.browser.sights import SIGHTS
from tests.ingest import saying

pytestmark = pytest.mark.slow

WIDTHS = [1440, 390]
# What senders write is text: no element of it, no address that runs. The only images are our badges.
THEME = "document.documentElement.dataset.bsTheme"
TAKEN_AT_ITS_WORD = "main img:not([src^='/api/badges/']), main script, main a[href^='javascript' i]"
OUTER = "all => all.map((one) => one.outerHTML)"


@pytest.fixture(scope="module")
def tabs(chromium: Any, dashboard: Dashboard) -> Iterator[dict[int, Tab]]:
    """A tab of each width, used for all pages: its profile has the scripts after the first."""
    dashboard.say(
        dashboard.deployed(
            0.1, serviceId="billing", buildVersion="1.1.0", attemptNumber="now", status="IN_PROGRESS", endedAt=None
        )
    )
    dashboard.web.post(saying.deployment(buildVersion="latest"))  # refused: something to see among the deliveries
    with ExitStack() as all_of_them:
        yield {width: all_of_them.enter_context(tab(chromium, dashboard.url, width, "light")) for width in WIDTHS}


def in_theme(page: Page, theme: Any) -> None:
    """Have the system ask for a theme; colours change at once, not by and by."""
    page.emulate_media(color_scheme=theme, reduced_motion="reduce")


def test_every_page_of_the_navigation_is_looked_at():
    assert {path for _, path in NAVIGATION} <= {sight.path for sight in SIGHTS.values()}


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", SIGHTS)
def test_a_page_is_drawn_quietly_within_its_width_and_accessibly_in_both_themes(tabs, name, width):
    opened, sight = tabs[width], SIGHTS[name]
    opened.complaints.clear()
    in_theme(opened.page, "light")
    page = opened.open(sight.path)
    page.wait_for_selector(sight.shows, state="attached")
    assert page.inner_text("main h1").startswith(sight.heading)
    assert page.evaluate(THEME) == "light"  # from the first paint on
    assert sticking_out(page) == []
    if sight.then:
        sight.then(page)
    unfold(page)
    assert sticking_out(page) == []
    assert violations(page) == []
    in_theme(page, "dark")
    page.wait_for_function(f"() => {THEME} === 'dark'")
    assert violations(page, COLOURS) == []  # the same page: only its colours are others
    assert [page.evaluate("window.__x"), *page.eval_on_selector_all(TAKEN_AT_ITS_WORD, OUTER)] == [None]
    if width == 390:
        page.set_viewport_size({"width": 320, "height": 900})
        assert sticking_out(page) == []
        page.set_viewport_size({"width": width, "height": 900})
    expected = "404" if name == "unknown address" else None
    assert [said for said in opened.complaints if not (expected and expected in said)] == []
