"""Pages in a real browser: clicks lead on and Back back, filters are the address, senders' words stay words."""

from urllib.parse import quote

from data.instants import day_before
from tests.read_model import AQUILA, MIRA

FAILED_BUILD = f"/builds/{quote(f'{MIRA}:authn:3.4.0:4-mira', safe='')}"
DRAWN = ".js-plotly-plot .bars .point path"  # attached, not visible: the first bar may be empty
MIDDLE_OF_BAR = """(name) => {
    const gd = document.querySelector('.js-plotly-plot'), { xaxis, yaxis } = gd._fullLayout;
    const series = gd.data.findIndex((one) => one.name === name), day = gd.data[series].y.findIndex((n) => n > 0);
    const below = gd.data.slice(0, series).reduce((sum, one) => sum + one.y[day], 0);
    const plot = gd.querySelector('.nsewdrag').getBoundingClientRect();
    const height = below + gd.data[series].y[day] / 2;
    return [plot.left + xaxis.d2p(gd.data[series].x[day]), plot.top + yaxis.d2p(height)];
}"""


def test_a_click_on_a_bar_leads_to_its_rows_and_back_leads_back(wide):
    page = wide.open("/analytics?range=7d")
    page.wait_for_selector(DRAWN, state="attached")
    page.mouse.click(*page.evaluate(MIDDLE_OF_BAR, "Failed"))
    page.wait_for_function("() => location.search.includes('status=FAILED') && location.search.includes('day=')")
    page.wait_for_selector(".grid .badge-state.tone-failed")
    assert "image pull" in page.inner_text("main")
    page.go_back()
    page.wait_for_function("() => location.search === '?range=7d'")
    page.wait_for_selector("text=Show the attempts of these days")
    page.go_forward()
    page.wait_for_selector("text=image pull")
    page.go_back()
    page.wait_for_selector(DRAWN, state="attached")
    page.mouse.click(*page.evaluate(MIDDLE_OF_BAR, "Success"))
    page.wait_for_function("() => location.search.includes('status=SUCCESS')")
    assert wide.complaints == []


def test_a_cell_of_the_matrix_leads_to_the_rows_of_its_pair(wide):
    page = wide.open("/")
    page.locator(".matrix a.version").first.click()
    page.wait_for_function("() => location.pathname === '/services/authn'")
    page.wait_for_selector("#attempts")
    assert page.evaluate("document.activeElement.id") == "attempts"
    assert "cluster: mira-us-west-2" in page.inner_text("main")
    page.go_back()
    page.wait_for_selector("text=Needs attention")
    assert wide.complaints == []


def test_a_number_leads_to_as_many_rows(wide):
    page = wide.open(f"/clusters/{MIRA}?range=7d")
    tile = page.locator(".kpi", has_text="Failed").first
    count = int(tile.locator(".kpi-value").inner_text())
    tile.locator("a").click()
    page.wait_for_function("() => location.search.includes('FAILED')")
    page.wait_for_selector('.segment[aria-current="true"] >> text=Failed')
    assert page.locator("table", has_text="CI run").locator("tbody tr").count() == count == 2


def test_the_focus_goes_to_the_heading_and_the_title_says_where_we_are(wide):
    page = wide.open("/")
    page.click(".menu a >> text=Score card")
    page.wait_for_selector("h1 >> text=Score card")
    page.wait_for_function("() => document.activeElement.tagName === 'H1'")
    page.wait_for_function("() => document.title === 'Score card - DQD'")
    assert page.get_attribute(".menu a >> text=Score card", "aria-current") == "page"
    assert page.get_attribute(".menu a >> text=Overview", "aria-current") is None


def test_the_first_tab_stop_skips_to_the_content(wide):
    page = wide.open("/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip-link"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"


def test_filters_are_in_the_address_and_survive_reload(wide):
    page = wide.open("/analytics")
    page.select_option("#filter-service", "authn")
    page.wait_for_function("() => location.search === '?service=authn'")
    page.wait_for_selector("text=service: Authentication")
    page.click(".segment >> text=7 d")
    page.wait_for_function("() => location.search.includes('range=7d') && location.search.includes('service=authn')")
    page.reload()
    page.wait_for_selector("text=service: Authentication")
    assert page.input_value("#filter-service") == "authn"
    page.click('[aria-label="Remove filter service: Authentication"]')
    page.wait_for_function("() => !location.search.includes('service')")
    page.wait_for_function("() => document.querySelector('#filter-service').value === 'all'")
    assert wide.complaints == []


def test_custom_days_are_taken_from_the_form(wide, dashboard):
    page = wide.open("/analytics?service=authn")
    start, end = day_before(dashboard.began[:10], 5), day_before(dashboard.began[:10], 3)
    page.fill("#filter-from", start)
    page.fill("#filter-to", end)
    page.click("text=Apply")
    page.wait_for_function(f"() => location.search.includes('from={start}') && location.search.includes('to={end}')")
    page.wait_for_selector(f"text={start} to {end} UTC")
    assert "service=authn" in page.url


def test_the_theme_is_remembered_and_charts_follow_it(wide):
    page = wide.open("/analytics")
    page.wait_for_selector(DRAWN, state="attached")
    fill = "getComputedStyle(document.querySelectorAll('.js-plotly-plot .legendtext')[0]).fill"
    light = page.evaluate(fill)
    page.click("#theme-button")
    page.wait_for_function(f"() => {fill} !== {light!r}")
    page.reload()
    page.wait_for_selector("main h1")
    assert page.evaluate("document.documentElement.dataset.bsTheme") == "dark"
    assert wide.complaints == []


def test_what_senders_write_is_shown_as_they_wrote_it(wide):
    assert "<img src=x" in wide.open(FAILED_BUILD).inner_text("main")


def test_recent_times_are_ages_and_older_ones_absolute(wide):
    page = wide.open(f"/clusters/{AQUILA}")
    texts = page.eval_on_selector_all("main table time", "all => all.map(t => t.textContent)")
    assert any(text.endswith(" ago") for text in texts)
    assert any(text.endswith(" UTC") for text in texts)
    assert all(text.endswith((" ago", " UTC", "just now")) for text in texts)


def test_a_failed_test_unfolds_to_why_it_failed_as_text(wide):
    page = wide.open(FAILED_BUILD)
    why = page.locator(".failed-test-message")
    assert "1 failed test" in page.inner_text("main")
    assert not why.is_visible()
    page.locator(".failed-tests summary").press("Enter")
    assert why.inner_text() == "<img src=x onerror=window.__x=2>\nand why"
    assert page.evaluate("window.__x") is None


def test_filters_that_leave_nothing_are_named_and_can_be_taken_off(wide):
    page = wide.open(f"/clusters/{MIRA}?status=ROLLBACK")
    page.wait_for_selector("text=No attempts match.")
    page.click("main .empty >> text=Clear filters")
    page.wait_for_function("() => !location.search.includes('status')")
    page.wait_for_selector("#attempts ~ * .badge-state, .grid .badge-state")
    assert wide.complaints == []
