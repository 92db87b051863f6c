"""The promotions page in a real browser: chips open by keyboard and stay open, filters are the address."""

from tests.browser.conftest import tab
from tests.read_model import MIRA


def test_a_waiting_chip_opens_by_keyboard_and_its_links_lead_on(chromium, dashboard):
    dashboard.say(dashboard.deployed(0.05, clusterId=MIRA, buildVersion="4.0.0", attemptNumber="chip"))
    for width in (1440, 390):
        with tab(chromium, dashboard.url, width) as opened:
            page = opened.open("/promotions")
            page.wait_for_selector("details.waits >> text=4.0.0")
            chip = page.locator("details.waits", has_text="4.0.0").locator("summary")
            chip.focus()
            page.keyboard.press("Enter")
            page.wait_for_selector("details.waits[open] >> text=has no result")
            page.wait_for_function(
                "() => document.querySelector('details.waits[open]').getBoundingClientRect().right <= innerWidth"
            )
            page.keyboard.press("Tab")
            assert page.evaluate("document.activeElement.closest('details.waits') !== null")
            assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
            page.click("details.waits[open] >> text=Where it serves")
            page.wait_for_function("() => location.search.includes('version=4.0.0')")
            page.wait_for_selector("text=4.0.0 serves on 1 of")
            assert opened.complaints == []


def test_an_open_chip_stays_open_when_something_new_arrives(wide, dashboard):
    page = wide.open("/promotions?service=authn")
    page.wait_for_selector("details.waits")
    page.locator("details.waits summary").first.click()
    page.wait_for_selector("details.waits[open]")
    dashboard.say(dashboard.deployed(0.02, serviceId="billing", buildVersion="7.7.7", attemptNumber="stay"))
    page.wait_for_function("() => Number(document.querySelector('#page-mark').textContent) > 0")
    page.click("#refresh-button")
    page.wait_for_timeout(800)
    assert page.locator("details.waits[open]").count() == 1
    assert wide.complaints == []


def test_filters_and_the_way_back(wide):
    page = wide.open("/")
    page.keyboard.press("g")
    page.keyboard.press("p")
    page.wait_for_selector("h1 >> text=Promotions")
    page.select_option("#filter-service", "authn")
    page.wait_for_function("() => location.search === '?service=authn'")
    page.wait_for_selector("text=service: Authentication")
    page.fill("#filter-q", "3.")
    page.click("text=Apply")
    page.wait_for_function("() => location.search.includes('q=3.') && location.search.includes('service=authn')")
    page.wait_for_selector("text=name or version: “3.”")
    page.reload()
    page.wait_for_selector("text=name or version: “3.”")
    assert page.input_value("#filter-q") == "3."
    page.go_back()
    page.wait_for_function("() => location.search === '?service=authn'")
    assert wide.complaints == []


def test_a_count_of_the_graph_leads_to_its_rows_and_a_card_to_its_cluster_region(wide):
    page = wide.open("/promotions")
    page.wait_for_selector(".path-graph")
    drawn = page.locator(".path-lines").first.bounding_box()
    assert drawn is not None and drawn["width"] > 800
    page.locator("a.path-count").first.click()
    page.wait_for_function("() => location.search.includes('origin=') && location.hash === '#history'")
    page.wait_for_selector("text=origin: Mira")
    page.go_back()
    page.wait_for_function("() => location.search === ''")
    page.locator(".path-card").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_function("() => location.pathname === '/clusters/mira-us-west-2'")
    assert wide.complaints == []


def test_the_list_is_an_address_and_on_a_phone_there_is_only_the_table(chromium, dashboard):
    with tab(chromium, dashboard.url) as opened:
        page = opened.open("/promotions")
        page.click(".path-view >> text=List")
        page.wait_for_function("() => location.search === '?view=list'")
        page.wait_for_selector(".path-graph", state="detached")
        page.reload()
        page.wait_for_selector("table.ways")
        assert page.locator(".path-graph").count() == 0
        assert opened.complaints == []
    with tab(chromium, dashboard.url, 390, "dark") as opened:
        page = opened.open("/promotions")
        page.wait_for_selector("table.ways")
        assert not page.locator(".path-graph").is_visible()
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
        assert opened.complaints == []


def test_curves_of_a_service_are_drawn_and_their_stage_is_an_address(chromium, dashboard):
    for width in (1440, 390):
        with tab(chromium, dashboard.url, width) as opened:
            page = opened.open("/promotions?service=authn")
            page.wait_for_selector(".js-plotly-plot .scatterlayer .trace")
            page.click(".spread-stages >> text=Production")
            page.wait_for_function("() => location.search.includes('stage=Production')")
            page.wait_for_selector("text=Production, n = 1")
            assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
            assert opened.complaints == []
