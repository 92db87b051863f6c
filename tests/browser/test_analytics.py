"""The analytics in a real browser: dragging narrows, a click opens the rows, charts can be taken away."""

import re
import struct
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from data.instants import day_before
from tests.browser.conftest import Dashboard, Tab

DRAWN = ".js-plotly-plot .nsewdrag"
OF = """(title) => [...document.querySelectorAll('.panel')].find(
    (one) => one.querySelector('h2').textContent === title)"""
PLOT = f"""(title) => {{
    const plot = ({OF})(title).querySelector('.nsewdrag');
    plot.scrollIntoView({{ block: 'center', behavior: 'instant' }});
    const box = plot.getBoundingClientRect();
    return [box.left, box.top, box.width, box.height];
}}"""
FIRST_BAR = f"""(title) => {{
    const bar = ({OF})(title).querySelector('.bars .point path');
    bar.scrollIntoView({{ block: 'center', behavior: 'instant' }});
    const box = bar.getBoundingClientRect();
    return [box.left + box.width / 2, box.top + box.height / 2];
}}"""

FIRST_COUNT = f"""(title) => {{
    const {{ data }} = ({OF})(title).querySelector('.js-plotly-plot');
    return data[0].x[0] + data[1].x[0];
}}"""
REASONS = "Failure reasons, attempts"


def opened(tab: Tab, path: str) -> Page:
    page = tab.open(path)
    page.wait_for_selector(DRAWN, state="attached")
    return page


def drag(page: Page, title: str, first: int, last: int, of: int) -> None:
    """From the middle of one bar to the middle of another, of so many, and a little beyond."""
    left, top, width, height = page.evaluate(PLOT, title)
    start, end = ((place + 0.5 + more) / of for place, more in ((first, -0.3), (last, 0.3)))
    page.mouse.move(left + width * start, top + height / 2)
    page.mouse.down()
    for share in (start + (end - start) / 2, end):
        page.mouse.move(left + width * share, top + height / 2, steps=4)
    page.mouse.up()


def test_a_drag_narrows_the_days_and_back_restores_them(wide: Tab, dashboard: Dashboard) -> None:
    page = opened(wide, "/analytics?range=7d&service=authn")
    today = dashboard.began[:10]
    first, last = day_before(today, 4), day_before(today, 2)
    drag(page, "Build attempts per day", 2, 4, 7)
    expect(page).to_have_url(re.compile(f"service=authn&from={first}&to={last}$"))
    page.wait_for_selector(f"text={first} to {last} UTC")
    page.go_back()
    page.wait_for_selector(f"text={day_before(today, 6)} to {today} UTC")
    page.go_forward()
    page.wait_for_selector(f"text={first} to {last} UTC")
    page.click("text=Zoom out")
    page.wait_for_selector(f"text={day_before(today, 7)} to {today} UTC")
    assert wide.complaints == []


def test_a_drag_by_the_hour_stays_within_the_day(wide: Tab, dashboard: Dashboard) -> None:
    day = day_before(dashboard.began[:10], 2)
    page = opened(wide, f"/analytics?from={day}&to={day}")
    drag(page, "Build attempts per hour", 6, 11, 24)
    page.wait_for_selector(f"text={day} 06:00 to {day} 12:00 UTC")
    expect(page).to_have_url(re.compile(r"from=.*T06%3A00Z&to=.*T12%3A00Z$"))
    page.click("text=Zoom out")
    page.wait_for_selector(f"text={day} 00:00 to ")
    assert wide.complaints == []


def test_where_fingers_scroll_a_drag_does_not_narrow(wide: Tab) -> None:
    page = wide.page
    page.add_init_script("""const ask = window.matchMedia.bind(window); window.matchMedia = (query) =>
        query === '(pointer: coarse)' ? { matches: true, addEventListener() {} } : ask(query);""")
    opened(wide, "/analytics?range=7d")
    drag(page, "Build attempts per day", 1, 4, 7)
    page.wait_for_timeout(500)
    assert "from=" not in page.url
    assert page.evaluate("document.querySelector('.js-plotly-plot')._fullLayout.dragmode") is False


def test_a_reason_leads_to_the_attempts_that_failed_for_it(wide: Tab) -> None:
    page = opened(wide, "/analytics?range=7d")
    count = page.evaluate(FIRST_COUNT, REASONS)
    page.mouse.click(*page.evaluate(FIRST_BAR, REASONS))
    expect(page).to_have_url(re.compile("reason="))
    page.wait_for_selector("text=reason: image pull")
    assert page.locator("table", has_text="CI run").locator("tbody tr").count() == count
    page.click('[aria-label^="Remove filter reason"]')
    page.wait_for_selector("text=Attempts, newest first", state="attached")
    expect(page.locator(".chip")).to_have_count(0)
    assert wide.complaints == []


@pytest.mark.parametrize("title", ["Build attempts per day", REASONS])
def test_a_chart_can_be_saved_as_an_image_by_keyboard(wide: Tab, dashboard: Dashboard, title: str) -> None:
    page = opened(wide, "/analytics?range=7d")
    page.locator(".panel", has=page.locator(f"h2:text-is('{title}')")).locator("button.png").focus()
    with page.expect_download() as download:
        page.keyboard.press("Enter")
    days = f"{day_before(dashboard.began[:10], 6)}-to-{dashboard.began[:10]}.png"
    assert download.value.suggested_filename.endswith(days)
    image = Path(download.value.path()).read_bytes()
    width, height = struct.unpack(">II", image[16:24])
    assert image[:8] == b"\x89PNG\r\n\x1a\n"
    assert width > 800 and height > 500
    assert wide.complaints == []


def test_the_bar_of_tools_over_a_chart_saves_it_too(wide: Tab) -> None:
    page = opened(wide, "/analytics?range=7d")
    page.locator(".js-plotly-plot").first.hover()
    with page.expect_download() as download:
        page.locator(".modebar-btn").first.click()
    assert download.value.suggested_filename.startswith("builds-")


def test_the_period_before_is_drawn_beside_and_named(wide: Tab, dashboard: Dashboard) -> None:
    page = opened(wide, "/analytics?from={}&to={}".format(*(day_before(dashboard.began[:10], n) for n in (2, 0))))
    page.click(".toggle")
    before = [day_before(dashboard.began[:10], n) for n in (5, 3)]
    page.wait_for_selector(f"text=compared with {before[0]} to {before[1]} UTC")
    page.wait_for_selector(".js-plotly-plot .legendtext:has-text('Period before')")
    page.wait_for_selector(".kpi .delta >> text=before")
    page.reload()
    page.wait_for_selector("text=compared with")
    page.click(".toggle")
    expect(page.locator("text=compared with")).to_have_count(0)
    assert wide.complaints == []


def test_the_last_24_hours_are_shown_by_the_hour_and_a_bar_leads_to_its_hour(wide: Tab) -> None:
    page = opened(wide, "/analytics?range=7d")
    page.click(".segment >> text=24 h")
    page.wait_for_selector("text=Build attempts per hour")
    page.wait_for_selector(DRAWN, state="attached")
    panel = page.locator(".panel", has_text="Build attempts per hour")
    panel.locator("summary").click()
    assert panel.locator("tbody tr").count() == 24
    busy = panel.locator("tbody tr:has(td:nth-child(4):not(:text-is('0'))) th a").first
    hour = busy.inner_text()[:16]
    busy.click()
    expect(page).to_have_url(re.compile(r"hour=.*%3A00Z"))
    assert hour in page.locator("#rows ~ .panel-note").inner_text()
    assert page.locator("table", has_text="CI run").locator("tbody tr").count() >= 1
    assert wide.complaints == []
