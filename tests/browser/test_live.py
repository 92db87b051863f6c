"""The living page: news arrive by themselves and disturb nothing; outages are said and pass."""

import re
import time

from playwright.sync_api import expect

from tests.browser.conftest import tab
from tests.proxy import Fault
from tests.read_model import MIRA

LIST = "document.querySelector('[aria-label=\"Attempts, newest first\"]')"
SOON = 20_000


def test_an_event_appears_without_a_reload_and_moves_nothing(wide, dashboard):
    page = wide.open(f"/clusters/{MIRA}")
    page.evaluate("window.scrollTo(0, 60)")
    page.locator('.segments a:text("Failed")').focus()
    page.evaluate("window.stays = document.querySelector('main .page')")
    before = page.evaluate("[scrollY, document.activeElement.textContent]")
    dashboard.say(dashboard.deployed(0.4, buildVersion="9.9.1", attemptNumber="new"))
    began = time.monotonic()
    page.wait_for_selector("text=9.9.1 >> visible=true", timeout=SOON)
    assert time.monotonic() - began < 10
    assert page.evaluate("[scrollY, document.activeElement.textContent]") == before
    assert page.evaluate("window.stays.isConnected")
    assert wide.complaints == []


def test_a_refresh_keeps_the_zoom_of_a_chart_and_draws_its_new_data(wide, dashboard):
    page = wide.open("/analytics?range=7d")
    page.wait_for_selector(".js-plotly-plot .bars .point path", state="attached")
    page.evaluate("""() => { const gd = document.querySelector('.js-plotly-plot');
        window.Plotly.relayout(gd, {'yaxis.range': [0, 42], 'yaxis.autorange': false}); }""")
    page.wait_for_function("() => document.querySelector('.js-plotly-plot').layout.yaxis.range[1] === 42")
    total = "document.querySelector('.js-plotly-plot').data[2].y.reduce((a, b) => a + b)"
    before = page.evaluate(total)
    dashboard.say(dashboard.deployed(0.3, buildVersion="9.9.2", attemptNumber="zoom"))
    page.wait_for_function(f"() => {total} === {before + 1}", timeout=SOON)
    assert page.evaluate("document.querySelector('.js-plotly-plot').layout.yaxis.range") == [0, 42]
    assert wide.complaints == []


def test_the_open_table_of_a_chart_stays_open_and_grows(wide, dashboard):
    page = wide.open("/analytics?range=7d")
    page.wait_for_selector(".js-plotly-plot .bars .point path", state="attached")
    data = page.locator(".chart-data").first
    data.locator("summary").click()
    cells = data.locator("tbody tr").first.locator("td")
    before = cells.all_inner_texts()
    dashboard.say(dashboard.deployed(0.25, buildVersion="9.9.5", attemptNumber="open"))
    expect(cells).not_to_have_text(before, timeout=SOON)
    assert data.evaluate("box => box.open")
    assert page.locator(".chart-data[open]").count() == 1
    assert wide.complaints == []


def test_a_field_keeps_the_focus_when_news_arrive(wide, dashboard):
    page = wide.open("/services/authn")
    field = page.locator("main select, main input[type=search]").first
    field.focus()
    name = field.get_attribute("id")
    dashboard.say(dashboard.deployed(0.24, buildVersion="9.9.6", attemptNumber="typed"))
    page.wait_for_selector("text=9.9.6", timeout=SOON)
    assert page.evaluate("document.activeElement.id") == name
    assert wide.complaints == []


def test_paused_nothing_changes_until_resumed(wide, dashboard):
    page = wide.open(f"/clusters/{MIRA}")
    page.wait_for_selector("text=/Updated \\d+ s ago/")
    page.click("#pause-button")
    assert page.get_attribute("#pause-button", "aria-pressed") == "true"
    expect(page.locator("#freshness-text")).to_have_text(re.compile("Paused, updated"))
    dashboard.say(dashboard.deployed(0.2, buildVersion="9.9.3", attemptNumber="paused"))
    assert page.evaluate("everyMs").count(5000) == 1
    page.wait_for_timeout(3000)  # the web process learns of it, and would have been asked twice since
    assert page.locator("text=9.9.3").count() == 0
    page.click("#pause-button")
    page.wait_for_selector("text=9.9.3 >> visible=true", timeout=SOON)


def test_while_the_database_is_away_pages_keep_their_data_say_its_age_and_recover(wide, dashboard):
    page = wide.open(f"/clusters/{MIRA}")
    rows = page.locator("table tbody tr").count()
    assert rows > 5
    dashboard.proxy.fail("dynamodb", Fault.CUT)
    try:
        expect(page.locator("#freshness-text")).to_have_text(re.compile(r"Data is .+ old, retrying"), timeout=SOON)
        assert page.locator("table tbody tr").count() == rows
        overview = wide.open("/")  # from memory
        assert "Needs attention" in overview.inner_text("main")
        other = wide.open("/services/authn")  # its rows are in the store, the rest is not
        other.wait_for_selector("text=Could not load attempts.", timeout=SOON)
        assert "Cluster-regions" in other.inner_text("main")
    finally:
        dashboard.proxy.heal()
    expect(page.locator("#freshness-text")).to_have_text(re.compile(r"Updated .+ ago"), timeout=60_000)
    expect(page.locator(".could-not-load")).to_have_count(0, timeout=SOON)
    assert page.locator("table tbody tr").count() > 5
    assert [one for one in wide.complaints if "Failed to load resource" not in one] == []


def test_while_the_web_process_is_away_the_page_stays_and_says_so(chromium, dashboard):
    with tab(chromium, dashboard.url) as opened:
        page = opened.open("/")
        page.route("**/api/generation", lambda route: route.abort())
        expect(page.locator("#freshness-text")).to_have_text(re.compile(r"Data is .+ old, retrying"), timeout=SOON)
        assert page.get_attribute("#freshness", "data-state") == "stale"
        assert page.locator("#attention").count() == 1
        page.unroute("**/api/generation")
        expect(page.locator("#freshness-text")).to_have_text(re.compile(r"Updated .+ ago"), timeout=SOON)


def test_a_redrawn_table_keeps_its_sideways_scroll_and_open_details(chromium, dashboard):
    with tab(chromium, dashboard.url, 390) as opened:
        page = opened.open(f"/clusters/{MIRA}")
        page.evaluate(f"{LIST}.scrollLeft = 120")
        page.evaluate(f"window.old = {LIST}")
        dashboard.say(dashboard.deployed(0.15, buildVersion="9.9.4", attemptNumber="scroll"))
        page.wait_for_selector("text=9.9.4", state="attached", timeout=SOON)
        page.wait_for_function("() => !window.old.isConnected")
        assert page.evaluate(f"{LIST}.scrollLeft") == 120
        assert opened.complaints == []
