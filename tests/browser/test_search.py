"""Search and keys in a real browser: nothing but the keyboard is needed, and who types is left alone."""

from playwright.sync_api import expect


def test_the_keyboard_alone_finds_a_service_and_an_attempt(wide):
    page = wide.open("/")
    page.keyboard.press("/")
    page.keyboard.type("authen")
    expect(page.locator(".search-hit")).to_have_count(1)
    page.keyboard.press("Enter")
    page.wait_for_function("() => location.pathname === '/services/authn'")
    expect(page.locator("main h1")).to_be_focused()
    page.keyboard.press("/")
    page.keyboard.type("3.4.0")
    expect(page.locator(".search-hit")).to_have_count(3)
    expect(page.locator("#search-state")).to_have_text("3 results.")
    first = page.locator(".search-hit").first
    expect(first).to_have_attribute("aria-selected", "true")
    page.keyboard.press("ArrowDown")
    expect(first).to_have_attribute("aria-selected", "false")
    page.keyboard.press("Enter")
    page.wait_for_function("() => location.pathname.startsWith('/builds/')")
    assert wide.complaints == []


def test_nothing_found_is_said_and_escape_gives_the_focus_back(wide):
    page = wide.open("/")
    page.locator("#search-button").focus()
    page.keyboard.press("Enter")
    page.keyboard.type("no such thing")
    expect(page.locator("#search-state")).to_have_text("Nothing matches.")
    page.keyboard.press("Escape")
    expect(page.locator("#search-button")).to_be_focused()
    assert wide.complaints == []


def test_keys_lead_to_pages_and_are_listed_and_can_be_switched_off(wide):
    page = wide.open("/")
    page.keyboard.press("g")
    page.keyboard.press("c")
    page.wait_for_function("() => location.pathname === '/clusters'")
    page.keyboard.press("?")
    expect(page.locator("#keys-dialog")).to_contain_text("Search")
    page.locator("#keys-switch").uncheck()
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    assert page.locator("#search-dialog[open]").count() == 0
    page.reload()
    page.wait_for_selector("main h1")
    page.keyboard.press("/")
    assert page.locator("#search-dialog[open]").count() == 0
    assert wide.complaints == []


def test_keys_do_nothing_while_somebody_types(wide):
    page = wide.open("/analytics?range=7d")
    field = page.locator("input[type=date]").first
    field.focus()
    page.keyboard.press("g")
    page.keyboard.press("s")
    page.wait_for_timeout(300)
    assert not page.url.endswith("/services")
