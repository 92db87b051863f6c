"""What the browser fetches, and when: the charts' library comes with the first chart and is ours."""

from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Tab

DRAWN = "() => document.querySelector('.js-plotly-plot .main-svg') !== null"
POLL = "/api/generation"


@pytest.fixture(autouse=True)
def nothing_cached(wide: Tab) -> None:
    """The browser of somebody who was never here; other tests keep the scripts of those before."""
    wide.page.context.new_cdp_session(wide.page).send("Network.clearBrowserCache")


def asked(page: Page) -> list[str]:
    """Every address asked for from now on, but for the question how fresh the data is."""
    found: list[str] = []
    page.on("request", lambda request: None if POLL in request.url else found.append(request.url))
    return found


def over_the_wire(page: Page) -> list[str]:
    """Every address an answer comes from over the wire from now on, none of the cache's."""
    network = page.context.new_cdp_session(page)
    network.send("Network.enable")
    known: dict[str, str] = {}
    found: list[str] = []

    def finished(one: dict[str, Any]) -> None:
        address = known.get(one["requestId"], POLL)
        if one["encodedDataLength"] > 0 and POLL not in address:
            found.append(address)

    network.on("Network.requestWillBeSent", lambda one: known.update({one["requestId"]: one["request"]["url"]}))
    network.on("Network.loadingFinished", finished)
    return found


def test_a_page_without_charts_does_not_carry_their_library(wide: Tab) -> None:
    addresses = asked(wide.page)
    page = wide.open("/")
    page.wait_for_load_state("networkidle")
    assert not any("plotly" in one for one in addresses)
    assert page.evaluate("window.Plotly === undefined")
    assert wide.complaints == []


def test_going_on_to_a_chart_takes_one_question_and_at_most_one_file_beside_it(wide: Tab) -> None:
    page = wide.open("/")
    page.wait_for_load_state("networkidle")
    page.wait_for_function("() => document.querySelector('link[rel=prefetch]') !== null")
    page.wait_for_timeout(1500)
    came = over_the_wire(page)
    page.click(".menu a[href='/analytics']")
    page.wait_for_function(DRAWN)
    assert [one.rpartition("/")[2].partition("?")[0] for one in came] == ["_dash-update-component", "plotly.min.js"]
    assert wide.complaints == []


def test_the_library_is_ours_and_charts_are_painted_in_the_colours_of_the_theme(wide: Tab) -> None:
    page = wide.open("/analytics")
    page.wait_for_function(DRAWN)
    assert page.evaluate("window.Plotly.version.split('.').length") == 3
    assert page.evaluate("window.Plotly.newPlot.length") == 4  # the one that paints
    assert wide.complaints == []
