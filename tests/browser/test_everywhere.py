"""What every page offers: the reader's zone, a link that stays, the wall, paper, stars; and silence while hidden."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Dashboard, Tab, tab
from tests.read_model import MIRA

ABSOLUTE = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d \S+")
HIDEABLE = """
    let hidden = false;
    Object.defineProperty(document, 'hidden', { get: () => hidden });
    Object.defineProperty(document, 'visibilityState', { get: () => (hidden ? 'hidden' : 'visible') });
    window.hide = (now) => { hidden = now; document.dispatchEvent(new Event('visibilitychange')); };
"""
TELLING = "[...document.querySelectorAll('main time')].map((one) => [one.textContent, one.title, one.dateTime])"
POLLS = 2_500  # more than two


@contextmanager
def in_zone(chromium: Browser, dashboard: Dashboard, zone: str) -> Iterator[Tab]:
    """A tab of somebody who lives there."""
    profile = chromium.new_context(viewport={"width": 1440, "height": 900}, timezone_id=zone)
    page = profile.new_page()
    opened = Tab(page, dashboard.url)
    page.on("pageerror", lambda error: opened.complaints.append(str(error)))
    yield opened
    profile.close()


def zones(page: Page) -> set[str]:
    """The zones named by the absolute times of the page, in text and title."""
    said = [text for text, title, _ in page.evaluate(TELLING)] + [title for _, title, _ in page.evaluate(TELLING)]
    found = [re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d(?::\d\d)? (\S+)", one) for one in said]
    return {one[1] for one in found if one}


@pytest.mark.parametrize(
    ("zone", "named", "hours"),
    [("Asia/Kolkata", "IST", 5.5), ("America/Bogota", "UTC-5", -5), ("Africa/Lagos", "UTC+1", 1)],
)
def test_times_are_shown_in_the_readers_zone_and_name_it(chromium, dashboard, zone, named, hours):
    with in_zone(chromium, dashboard, zone) as opened:
        page = opened.open("/services/authn")
        assert zones(page) == {"UTC"}
        page.click("#zone-button")
        assert zones(page) == {named}
        shown, title, instant = next(one for one in page.evaluate(TELLING) if ABSOLUTE.fullmatch(one[0]))
        moved = page.evaluate("([at, by]) => new Date(Date.parse(at) + by * 3600e3).toISOString()", [instant, hours])
        assert shown == f"{moved[:10]} {moved[11:16]} {named}"
        assert title == f"{moved[:10]} {moved[11:19]} {named}"
        expect(page.locator("#zone-words")).to_have_text(
            re.compile(rf"Times are local \(.+, {re.escape(named)}\); days")
        )
        assert opened.complaints == []


def test_the_zone_is_remembered_and_z_switches_it_back(chromium, dashboard):
    with in_zone(chromium, dashboard, "Asia/Tokyo") as opened:
        page = opened.open("/services/authn")
        page.keyboard.press("z")
        expect(page.locator("#zone-short")).to_have_text("UTC+9")
        page.reload()
        page.wait_for_selector("main time")
        assert zones(page) == {"UTC+9"}
        expect(page.locator("#zone-button")).to_have_attribute("aria-label", "UTC+9: show times in UTC (z)")
        page.keyboard.press("z")
        assert zones(page) == {"UTC"}
        expect(page.locator("#zone-words")).to_have_text("Times are UTC, days are UTC days.")


def test_the_copied_link_names_the_days_that_are_shown(wide):
    wide.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = wide.open("/analytics?range=7d&service=authn")
    page.click("#link-button")
    expect(page.locator("#link-button")).to_have_attribute("data-said", "Copied")
    expect(page.locator("#copy-state")).to_have_text("Copied")
    copied = page.evaluate("navigator.clipboard.readText()")
    start, end = page.evaluate("(({ from, to }) => [from, to])(document.querySelector('main [data-from]').dataset)")
    assert copied == f"{wide.base}/analytics?service=authn&from={start}&to={end}"
    seen = page.inner_text(".page-head")
    wide.open(copied.removeprefix(wide.base))
    assert page.inner_text(".page-head") == seen
    expect(page.locator("#link-button[data-said]")).to_have_count(0)


@pytest.mark.parametrize(
    "path", [f"/clusters/{MIRA}", "/services/authn", "/analytics", "/promotions", "/scorecard?view=numbers"]
)
def test_every_page_with_a_period_says_which_days_it_shows(wide, path):
    page = wide.open(path)
    days = page.evaluate(
        "(({ from, to }) => [from, to])(document.querySelector('main [data-from][data-to]').dataset)"
    )
    today = page.evaluate("new Date().toISOString().slice(0, 10)")
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", days[0])
    assert days[0] < days[1] == today


def test_a_page_without_a_period_is_copied_as_it_is_with_c(wide):
    wide.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = wide.open("/services?q=authn#content")
    page.keyboard.press("c")
    expect(page.locator("#copy-state")).to_have_text("Copied")
    assert page.evaluate("navigator.clipboard.readText()") == f"{wide.base}/services?q=authn#content"


def test_a_kiosk_shows_the_page_its_freshness_and_the_time_but_no_controls(wide):
    page = wide.open("/analytics?kiosk=1")
    expect(page.locator(".bar")).to_contain_text("Deployment & Quality Dashboard")
    expect(page.locator("#clock")).to_have_text(ABSOLUTE)
    expect(page.locator("#freshness-text")).to_be_visible()
    for gone in (".menu", ".bar-buttons", ".foot", ".filters >> nth=0", ".segments >> nth=0"):
        expect(page.locator(gone)).to_be_hidden()
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    assert wide.complaints == []


def test_a_kiosk_is_known_before_anything_is_painted(wide):
    page = wide.page
    page.route("**/*.js*", lambda route: route.abort())
    page.goto(wide.base + "/?kiosk=1", wait_until="domcontentloaded")
    assert page.evaluate("document.documentElement.hasAttribute('data-kiosk')")


def test_a_kiosk_stays_one_over_links_reload_and_back_until_it_is_left(wide):
    page = wide.open("/")
    page.keyboard.press("f")
    page.wait_for_function("() => location.search === '?kiosk=1'")
    page.keyboard.press("g")
    page.keyboard.press("s")
    page.wait_for_function("() => location.pathname + location.search === '/services?kiosk=1'")
    page.reload()
    page.wait_for_selector("main h1")
    expect(page.locator(".menu")).to_be_hidden()
    page.go_back()
    page.wait_for_function("() => location.pathname + location.search === '/?kiosk=1'")
    page.keyboard.press("Escape")
    page.wait_for_function("() => location.search === ''")
    expect(page.locator(".menu")).to_be_visible()
    page.go_back()
    expect(page.locator(".menu")).to_be_hidden()
    page.locator("#kiosk-leave").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".menu")).to_be_visible()
    assert wide.complaints == []


def test_a_kiosk_keeps_the_screen_awake_while_it_is_seen(chromium, dashboard):
    with tab(chromium, dashboard.url) as opened:
        opened.page.add_init_script(HIDEABLE)
        opened.page.add_init_script("""
            window.held = 0;
            const lock = () => { const one = new EventTarget(); window.held += 1;
                one.release = async () => { window.held -= 1; one.dispatchEvent(new Event('release')); };
                return one; };
            Object.defineProperty(navigator, 'wakeLock', { value: { request: async () => lock() } });
        """)
        page = opened.open("/?kiosk=1")
        page.wait_for_function("() => window.held === 1")
        page.evaluate("hide(true)")
        page.wait_for_function("() => window.held === 0")
        page.evaluate("hide(false)")
        page.wait_for_function("() => window.held === 1")
        page.keyboard.press("Escape")
        page.wait_for_function("() => window.held === 0")


def test_a_kiosk_that_gets_no_data_says_so_loudly(chromium, dashboard):
    with tab(chromium, dashboard.url) as opened:
        page = opened.open("/?kiosk=1")
        page.route("**/api/generation", lambda route: route.abort())
        stale = page.locator('#freshness[data-state="stale"]')
        expect(stale).to_have_text(re.compile(r"Data is .+ old, retrying"), timeout=20_000)
        assert stale.evaluate("(one) => getComputedStyle(one).backgroundColor") not in ("rgba(0, 0, 0, 0)", "")


def test_a_page_that_cannot_be_redrawn_says_so_though_the_server_answers(chromium, dashboard):
    with tab(chromium, dashboard.url) as opened:
        page = opened.open(f"/clusters/{MIRA}")
        page.wait_for_selector("text=/Updated \\d+ s ago/")
        page.route("**/_dash-update-component*", lambda route: route.abort())
        dashboard.say(dashboard.deployed(0.21, buildVersion="9.8.1", attemptNumber="undrawn"))
        expect(page.locator("#freshness-text")).to_have_text(
            re.compile("Not redrawn for .+, retrying"), timeout=40_000
        )
        page.unroute("**/_dash-update-component*")
        dashboard.say(dashboard.deployed(0.22, buildVersion="9.8.2", attemptNumber="redrawn"))
        expect(page.locator("#freshness-text")).to_have_text(re.compile("Updated .+ ago"), timeout=20_000)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_paper_is_white_without_controls_with_whole_tables_and_says_what_it_is(chromium, dashboard, theme):
    with tab(chromium, dashboard.url, 1440, theme) as opened:
        page = opened.open("/analytics?rows=1")
        page.wait_for_selector(".js-plotly-plot .main-svg")
        page.wait_for_selector("#freshness[data-as-of]")
        page.emulate_media(media="print")
        page.wait_for_selector("#print-line >> text=printed")
        page.wait_for_selector(".main-svg[viewBox]", state="attached")
        for gone in (".bar", ".foot", ".toolbar >> nth=0", ".modebar-container >> nth=0"):
            expect(page.locator(gone)).to_be_hidden()
        said = page.inner_text("#print-line")
        assert said.startswith(f"{opened.base}/analytics?rows=1 · Data as of 20")
        assert re.search(r" UTC · printed \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC$", said)
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
        assert page.evaluate("getComputedStyle(document.querySelector('main .panel')).color") == "rgb(17, 24, 39)"
        inner = "[...document.querySelectorAll('.scroller')].map((one) => getComputedStyle(one).overflowX)"
        assert set(page.evaluate(inner)) == {"visible"}
        assert page.evaluate("document.querySelector('.main-svg').getAttribute('viewBox')").startswith("0 0 960 ")
        assert page.pdf().startswith(b"%PDF")
        page.emulate_media(media="screen")
        page.wait_for_function("(theme) => document.documentElement.dataset.bsTheme === theme", arg=theme)
        page.wait_for_function("() => !document.querySelector('.main-svg').hasAttribute('viewBox')")
        assert opened.complaints == []


def starred(page: Page) -> list[Any]:
    """The names of the services whose star is pressed."""
    names: list[Any] = page.evaluate(
        "[...document.querySelectorAll('[data-favourite][aria-pressed=true]')].map((one) => one.dataset.favourite)"
    )
    return names


def test_starred_services_are_remembered_and_an_address_shows_only_them(wide):
    page = wide.open("/services")
    expect(page.locator(".favourites .hint")).to_have_text("Favourites: star a service to keep it here")
    expect(page.locator(".favourites a")).to_be_hidden()
    page.locator('[data-favourite="authn"]').focus()
    page.keyboard.press("Enter")
    expect(page.locator('[data-favourite="authn"]')).to_have_attribute("aria-pressed", "true")
    assert starred(page) == ["authn"]
    page.reload()
    page.wait_for_selector('[data-favourite="authn"][aria-pressed="true"]')
    expect(page.locator(".favourites .hint")).to_be_hidden()
    page.click(".favourites a")
    page.wait_for_function("() => location.search === '?fav=authn'")
    expect(page.locator(".matrix tbody tr")).to_have_count(1)
    page.click(".matrix tbody th a")
    page.wait_for_function("() => location.pathname === '/services/authn'")
    star = page.locator('main h1 + [data-favourite="authn"], main h1 [data-favourite="authn"]')
    expect(star).to_have_attribute("aria-pressed", "true")
    star.click()
    expect(star).to_have_attribute("aria-pressed", "false")
    page.go_back()
    expect(page.locator(".matrix tbody tr")).to_have_count(1)  # the address still names it
    assert starred(page) == []
    assert wide.complaints == []


def test_a_shared_link_of_favourites_shows_the_same_to_somebody_who_starred_none(chromium, dashboard):
    with tab(chromium, dashboard.url) as opened:
        page = opened.open("/services?fav=billing")
        expect(page.locator(".matrix tbody tr")).to_have_count(1)
        expect(page.locator('.favourites a[aria-current="true"]')).to_have_text("Favourites")
        page.click(".favourites a")
        page.wait_for_function("() => location.search === ''")
        expect(page.locator(".matrix tbody tr").nth(1)).to_be_visible()


@pytest.mark.parametrize("path", ["/", "/ingest", f"/clusters/{MIRA}"])
def test_a_hidden_tab_asks_for_nothing_and_catches_up_at_once_when_it_is_seen_again(chromium, dashboard, path):
    with tab(chromium, dashboard.url) as opened:
        page = opened.page
        page.add_init_script(HIDEABLE)
        opened.open(path)
        page.wait_for_selector("text=/Updated \\d+ s ago/")
        page.wait_for_load_state("networkidle")
        page.keyboard.press("/")
        page.keyboard.type("auth")
        page.evaluate("hide(true)")
        page.wait_for_timeout(300)  # what was under way
        asked: list[str] = []
        page.on("request", lambda one: asked.append(one.url))
        dashboard.say(dashboard.deployed(0.12, buildVersion="9.7.1", attemptNumber=f"hidden-{len(path)}"))
        page.wait_for_timeout(POLLS)
        assert asked == []
        with page.expect_request("**/api/generation", timeout=1000):
            page.evaluate("hide(false)")
        page.wait_for_selector(".search-hit")  # what was typed is looked for now
        assert opened.complaints == []


@pytest.mark.parametrize("width", [390, 320])
def test_on_a_small_screen_the_other_buttons_are_in_a_menu(chromium, dashboard, width):
    with tab(chromium, dashboard.url, width) as opened:
        page = opened.open("/services")
        expect(page.locator("#zone-button")).to_be_hidden()
        page.click("#more-button")
        expect(page.locator("#more-button")).to_have_attribute("aria-expanded", "true")
        expect(page.locator("#zone-button")).to_be_visible()
        box = page.locator("#more-list").bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
        page.keyboard.press("Escape")
        expect(page.locator("#zone-button")).to_be_hidden()
        expect(page.locator("#more-button")).to_be_focused()
        assert opened.complaints == []


def test_the_list_of_keys_names_every_key_and_each_acts(wide):
    page = wide.open("/")
    page.keyboard.press("?")
    listed = page.locator("#keys-dialog dt").all_inner_texts()
    keys = ["/", "?", "r", "p", "t", "z", "c", "f", "[", "]", *[f"g then {one}" for one in "ocspabi"]]
    assert sorted(listed) == sorted(keys)
    page.keyboard.press("Escape")
    paths = ["/clusters", "/services", "/promotions", "/analytics", "/scorecard", "/ingest", "/"]
    for key, path in zip("cspabio", paths, strict=True):
        page.keyboard.press("g")
        page.keyboard.press(key)
        page.wait_for_function("(path) => location.pathname === path", arg=path)
    page.keyboard.press("t")
    page.wait_for_function("() => document.documentElement.dataset.bsTheme === 'dark'")
    page.keyboard.press("p")
    expect(page.locator("#pause-button")).to_have_attribute("aria-pressed", "true")
    with page.expect_request("**/api/generation"):
        page.keyboard.press("r")
    assert wide.complaints == []
