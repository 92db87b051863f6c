"""The cluster-region pages in a real browser: bars lead to builds, a drag narrows the days, typing finds services."""

import pytest

from tests.browser.conftest import tab
from tests.read_model import MIRA, PAVO

PAGE = f"/clusters/{MIRA}"
BARS = ".swim .js-plotly-plot .bars .point path"
MIDDLE_OF_BAR = """(name) => {
    const gd = document.querySelector('.swim .js-plotly-plot'), { xaxis, yaxis } = gd._fullLayout;
    const bars = gd.data.find((one) => one.name === name);
    const plot = gd.querySelector('.nsewdrag').getBoundingClientRect();
    const middle = Date.parse(bars.base[0]) + bars.x[0] / 2;
    return [plot.left + xaxis.d2p(new Date(middle).toISOString()), plot.top + yaxis.d2p(bars.y[0])];
}"""
PLACE = """(days) => {
    const gd = document.querySelector('.swim .js-plotly-plot'), start = Date.parse(gd.data[0].base[0]);
    const plot = gd.querySelector('.nsewdrag').getBoundingClientRect();
    return [plot.left + gd._fullLayout.xaxis.d2p(new Date(start + days * 864e5).toISOString()), plot.top + 4];
}"""


@pytest.mark.parametrize(("width", "theme"), [(1440, "dark"), (390, "light"), (320, "dark")])
@pytest.mark.parametrize("path", [f"{PAGE}?range=1d&trigger=hotfix&q=zzz&sort=-since", "/clusters?q=zzz"])
def test_filters_that_leave_nothing_fit_every_screen(chromium, dashboard, path, width, theme):
    with tab(chromium, dashboard.url, width, theme) as opened:
        page = opened.open(path)
        page.wait_for_selector(".chip")
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
        assert opened.complaints == []


def test_the_shortest_bars_are_wide_enough_to_be_seen_and_hit(wide):
    page = wide.open(f"{PAGE}?range=90d")
    page.wait_for_selector(BARS, state="attached")
    widths = page.evaluate(
        f"[...document.querySelectorAll('{BARS}')].map((one) => one.getBoundingClientRect().width)"
    )
    assert min(widths) >= 4


def test_a_click_on_a_bar_opens_its_build_and_back_leads_back(wide):
    page = wide.open(f"{PAGE}?range=7d")
    page.wait_for_selector(BARS, state="attached")
    page.mouse.click(*page.evaluate(MIDDLE_OF_BAR, "Failed"))
    page.wait_for_function("() => location.pathname.startsWith('/builds/')")
    page.wait_for_selector("h1")
    page.wait_for_selector("text=image pull")
    page.go_back()
    page.wait_for_selector(BARS, state="attached")
    assert page.url.endswith(f"{PAGE}?range=7d")
    assert wide.complaints == []


def test_what_a_bar_is_about_is_said_when_it_is_pointed_at(wide):
    page = wide.open(f"{PAGE}?range=7d")
    page.wait_for_selector(BARS, state="attached")
    page.mouse.move(*page.evaluate(MIDDLE_OF_BAR, "Failed"))
    page.wait_for_selector(".hoverlayer .hovertext >> text=took 10.0")
    said = page.text_content(".hoverlayer")
    assert "Authentication" in said and "Failed" in said and "<img src=x onerror=" in said
    assert page.evaluate("window.__x") is None


def test_a_drag_narrows_the_days_and_back_widens_them_again(wide):
    page = wide.open(f"{PAGE}?range=7d&status=FAILED")
    page.wait_for_selector(BARS, state="attached")
    first, last = page.evaluate(PLACE, 2.2), page.evaluate(PLACE, 3.8)
    page.mouse.move(*first)
    page.mouse.down()
    page.mouse.move(*last, steps=5)
    page.mouse.up()
    page.wait_for_function("() => location.search.includes('from=')")
    asked = page.evaluate("Object.fromEntries(new URLSearchParams(location.search))")
    assert asked["status"] == "FAILED"
    days = page.evaluate("([from, to]) => (Date.parse(to) - Date.parse(from)) / 864e5", [asked["from"], asked["to"]])
    assert days == 1  # both included
    page.wait_for_function("([day]) => document.querySelector('#filter-from').value === day", arg=[asked["from"]])
    page.go_back()
    page.wait_for_function("() => location.search === '?range=7d&status=FAILED'")
    assert wide.complaints == []


def test_the_timeline_is_a_table_for_the_keyboard(wide):
    page = wide.open(PAGE)
    page.wait_for_selector(BARS, state="attached")
    page.focus(".swim .chart-data summary")
    page.keyboard.press("Enter")
    page.wait_for_selector(".swim .chart-data table >> text=3.4.0")
    page.keyboard.press("Tab")
    while "/builds/" not in (page.evaluate("document.activeElement.href || ''")):
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_function("() => location.pathname.startsWith('/builds/')")


def test_services_are_found_as_one_types_and_the_address_says_it(wide):
    page = wide.open(f"{PAGE}?sort=name")
    page.wait_for_selector(".pairs >> text=Billing")
    page.fill("#filter-q", "")
    page.type("#filter-q", "auth")
    page.wait_for_function("() => location.search.includes('q=auth')")
    page.wait_for_selector(".pairs >> text=Billing", state="detached")
    assert page.evaluate("document.activeElement.id") == "filter-q"
    assert page.input_value("#filter-q") == "auth"
    page.reload()
    page.wait_for_selector(".pairs >> text=Authentication")
    assert page.locator(".pairs tbody tr").count() == 1
    assert page.input_value("#filter-q") == "auth"
    assert "sort=name" in page.url
    page.click('[aria-label="Remove filter text: auth"]')
    page.wait_for_selector(".pairs >> text=Billing")
    assert wide.complaints == []


def test_a_heading_sorts_and_says_how_and_back_undoes_it(wide):
    page = wide.open(PAGE)
    page.click(".pairs th a >> text=Service")
    page.wait_for_selector('.pairs th[aria-sort="ascending"] >> text=Service')
    page.click(".pairs th a >> text=Service")
    page.wait_for_selector('.pairs th[aria-sort="descending"] >> text=Service')
    assert page.inner_text(".pairs tbody tr:first-child th") == "Billing"
    page.go_back()
    page.wait_for_selector('.pairs th[aria-sort="ascending"] >> text=Service')
    page.go_back()
    page.wait_for_selector('.pairs th[aria-sort="ascending"] >> text=Health')


def test_attempts_are_narrowed_by_trigger_and_service_and_the_filters_taken_off(wide):
    page = wide.open(f"{PAGE}?sort=name")
    page.select_option("#filter-trigger", "hotfix")
    page.wait_for_function(
        "() => location.search.includes('trigger=hotfix') && location.search.includes('sort=name')"
    )
    page.wait_for_selector("text=No attempts match.")
    page.select_option("#filter-service", "authn")
    page.wait_for_selector('[aria-label="Remove filter service: authn"]')
    page.click('[aria-label="Remove filter trigger: hotfix"]')
    page.wait_for_function("() => !location.search.includes('trigger')")
    page.wait_for_selector("table:has-text('CI run')")
    assert page.input_value("#filter-service") == "authn"
    assert wide.complaints == []


def test_cluster_regions_are_found_as_one_types_and_by_stage(wide):
    page = wide.open("/clusters")
    page.type("#filter-q", "a")
    page.wait_for_function("() => location.search === '?q=a'")
    page.fill("#filter-q", "pavo")
    page.wait_for_function("() => document.querySelectorAll('.clusters tbody tr').length === 1")
    page.click(f'.clusters a[href="/clusters/{PAVO}"]')
    page.wait_for_selector("h1 >> text=Pavo")
    page.go_back()
    page.wait_for_function("() => location.search === '?q=pavo'")
    page.wait_for_function("() => document.querySelectorAll('.clusters tbody tr').length === 1")
    page.select_option("#filter-type", "Production")
    page.wait_for_selector("text=No cluster-regions match.")
    assert wide.complaints == []
