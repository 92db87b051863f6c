"""The point in time in a real browser: slider, steps, address, Back and Forward, links, the incident question."""

import re
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Browser, Page, expect

from data.instants import add, from_instant
from tests.browser.conftest import Dashboard, Tab, tab
from tests.browser.judging import sticking_out, unfold, view, violations
from tests.read_model import MIRA

ARRIVED = "document.querySelector('.asof-banner').dataset.at.startsWith(location.search.slice(6, 22))"


def word(instant: str) -> str:
    return f"{instant[:16]}Z"


def asof(page: Page) -> str:
    return str(page.evaluate("new URLSearchParams(location.search).get('asof')"))


def drawn(page: Page, at: str) -> None:
    """Wait until the banner names this instant."""
    expect(page.locator(".asof-banner")).to_have_attribute("data-at", f"{at[:16]}:00.000Z")


@pytest.fixture
def yesterday(dashboard: Dashboard) -> str:
    return add(dashboard.began, -30 * 3600)


def test_one_button_freezes_the_page_and_the_banner_leads_back(wide: Tab) -> None:
    page = wide.open("/")
    page.click("#asof-open")
    expect(page.locator(".asof-words")).to_contain_text(re.compile(r"As it was on \d{4}-\d\d-\d\d \d\d:\d\d UTC"))
    assert abs((from_instant(asof(page).replace("Z", ":00Z")) - datetime.now(UTC)).total_seconds()) < 120
    page.click(".asof-back")
    expect(page.locator("#asof-open")).to_be_visible()
    assert "asof" not in page.url
    assert wide.complaints == []


def test_the_slider_moves_the_page_by_keys_and_keeps_the_focus(wide: Tab, yesterday: str) -> None:
    page = wide.open(f"/?asof={word(yesterday)}")
    slider = page.get_by_label("Point in time (UTC)")
    slider.focus()
    for _ in range(3):
        page.keyboard.press("ArrowLeft")
    earlier = add(yesterday, -180)
    drawn(page, earlier)
    assert asof(page) == word(earlier)
    expect(slider).to_be_focused()
    expect(slider).to_have_attribute("aria-valuetext", f"{earlier[:10]} {earlier[11:16]} UTC")
    expect(page.get_by_label("As of (UTC)")).to_have_value(earlier[:16])
    assert wide.complaints == []


def test_a_drag_is_one_step_of_the_history(wide: Tab, yesterday: str) -> None:
    page = wide.open(f"/?asof={word(yesterday)}")
    length = page.evaluate("history.length")
    box = page.locator("#asof-slider").bounding_box()
    assert box is not None
    ratio = page.evaluate("(s => (s.value - s.min) / (s.max - s.min))(document.getElementById('asof-slider'))")
    middle = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + 8 + ratio * (box["width"] - 16), middle)
    page.mouse.down()
    for share in (0.7, 0.6):
        page.mouse.move(box["x"] + box["width"] * share, middle, steps=4)
        before = asof(page)
        expect(page.locator(".asof-banner")).not_to_have_attribute("data-at", re.compile(f"^{before[:16]}:"))
    page.mouse.up()
    page.wait_for_function(
        "document.querySelector('.asof-banner').dataset.at.startsWith(location.search.slice(6, 22))"
    )
    assert asof(page) < word(yesterday)
    assert page.evaluate("history.length") == length + 1
    page.go_back()
    drawn(page, yesterday)
    expect(page.get_by_label("As of (UTC)")).to_have_value(yesterday[:16])
    assert wide.complaints == []


def test_steps_back_forward_and_reload_show_the_same(wide: Tab, yesterday: str) -> None:
    page = wide.open(f"/clusters/{MIRA}?asof={word(yesterday)}")
    page.get_by_role("link", name="One day earlier").click()
    earlier = add(yesterday, -86_400)
    drawn(page, earlier)
    page.go_back()
    drawn(page, yesterday)
    page.go_forward()
    drawn(page, earlier)
    shown = view(page)
    page.reload()
    drawn(page, earlier)
    assert view(page) == shown
    assert wide.complaints == []


def test_links_stay_in_the_past_and_times_are_absolute(wide: Tab, yesterday: str) -> None:
    page = wide.open(f"/?asof={word(yesterday)}")
    expect(page.locator("main time").first).to_have_text(re.compile(r"^\d{4}-\d\d-\d\d \d\d:\d\d UTC$"))
    assert page.locator("main time").filter(has_text="ago").count() == 0
    link = page.locator(f"main a[href^='/clusters/{MIRA}']").first
    expect(link).to_have_attribute("href", re.compile("asof="))
    link.click()
    page.wait_for_url(f"**/clusters/{MIRA}?asof=*")
    drawn(page, yesterday)
    page.click(".menu a[href='/']")
    expect(page.locator("#asof-open")).to_be_visible()
    for href in page.locator("main a").evaluate_all("all => all.map(one => one.getAttribute('href'))"):
        assert "asof=2" not in href
    assert wide.complaints == []


def test_the_incident_question_is_one_click(wide: Tab, dashboard: Dashboard) -> None:
    page = wide.open("/")
    page.get_by_role("navigation", name="What changed in the last").get_by_role("link", name="24 h").click()
    expect(page.locator("#changes")).to_be_visible()
    row = page.locator("table.changes tbody tr").first
    expect(row).to_contain_text("Production")
    assert "diff=now" in page.url
    page.get_by_role("link", name="End the comparison").click()
    expect(page.locator("#changes")).to_have_count(0)
    page.go_back()
    expect(page.locator("#changes")).to_be_visible()
    assert wide.complaints == []


def test_a_page_of_the_past_is_not_drawn_again_by_news(wide: Tab, dashboard: Dashboard, yesterday: str) -> None:
    page = wide.open(f"/?asof={word(yesterday)}")
    asked: list[str] = []
    page.on("request", lambda one: asked.append(one.url) if "_dash-update" in one.url else None)
    dashboard.say(dashboard.deployed(0.05, clusterId=MIRA, buildVersion="9.9.1", attemptNumber="past-1"))
    with page.expect_response("**/api/generation"):
        pass
    with page.expect_response("**/api/generation"):
        pass
    assert asked == []
    assert wide.complaints == []


@pytest.mark.parametrize(("width", "theme"), [(1440, "light"), (320, "dark")])
def test_looking_back_breaks_no_rule_of_access(
    chromium: Browser, dashboard: Dashboard, yesterday: str, width: int, theme: str
) -> None:
    with tab(chromium, dashboard.url, width, theme) as opened:
        for query in (f"asof={word(yesterday)}&diff=now&known={word(yesterday)}", "asof=2020-01-01T00:00Z"):
            page = opened.open(f"/?{query}")
            unfold(page)
            assert sticking_out(page) == []
            assert violations(page) == []
        assert opened.complaints == []
