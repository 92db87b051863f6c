"""The overview's filters in a real browser: they apply as one types, move nothing, and are the address."""

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import tab

SOON = 20_000
ROWS = ".matrix tbody tr"
ACTIVE = "document.activeElement.id"


def services(page: Page) -> list[str]:
    return page.locator(".matrix-name").all_inner_texts()


def typed(page: Page, text: str, left: int) -> None:
    page.locator("#filter-q").click()
    page.keyboard.type(text, delay=30)
    expect(page.locator(ROWS)).to_have_count(left)


def test_text_applies_as_it_is_typed_and_the_field_keeps_focus_and_caret(wide):
    page = wide.open("/")
    page.evaluate("window.field = document.querySelector('#filter-q')")
    typed(page, "bilxx", 0)
    assert page.url.endswith("/?q=bilxx")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Backspace")
    page.keyboard.press("Delete")
    expect(page.locator(ROWS)).to_have_count(1)
    assert services(page) == ["Billing"]
    assert page.evaluate(ACTIVE) == "filter-q"
    assert page.input_value("#filter-q") == "bil"
    assert page.evaluate("window.field.isConnected && window.field.selectionStart") == 3
    assert page.inner_text(".page-head [role=status]") == "1 of 2 services on 3 cluster-regions"
    assert wide.complaints == []


def test_what_is_typed_asks_the_server_once_a_keystroke(wide):
    page = wide.open("/")
    page.wait_for_timeout(300)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if request.method == "POST" else None)
    typed(page, "b", 1)
    page.wait_for_timeout(300)
    assert len(asked) == 1
    typed(page, "q", 0)
    assert len(asked) == 2


def test_reload_and_a_shared_link_show_the_same_view(wide, chromium, dashboard):
    page = wide.open("/")
    typed(page, "billing", 1)
    page.select_option("#filter-type", "Production")
    expect(page.locator(".matrix-cluster")).to_have_count(1)
    shown, address = page.inner_text("main .page-head"), page.url
    page.reload()
    expect(page.locator(".matrix-cluster")).to_have_count(1)
    assert (services(page), page.input_value("#filter-q")) == (["Billing"], "billing")
    with tab(chromium, dashboard.url) as other:
        another = other.open(address.removeprefix(dashboard.url))
        expect(another.locator(".matrix-cluster")).to_have_count(1)
        assert another.input_value("#filter-type") == "Production"
        assert another.inner_text("main .page-head") == shown
        assert other.complaints == []


def test_a_choice_is_a_step_that_back_undoes_and_typing_is_none(wide):
    page = wide.open("/services")
    page.click(".menu a >> text=Overview")
    page.wait_for_selector("h1 >> text=Overview")
    typed(page, "aut", 1)
    page.select_option("#filter-status", "healthy")
    page.wait_for_function("() => location.search === '?q=aut&status=healthy'")
    page.wait_for_selector("text=status: healthy")
    assert page.input_value("#filter-q") == "aut"
    page.go_back()
    expect(page.get_by_text("status: healthy")).to_have_count(0)
    assert page.evaluate("location.search") == "?q=aut"
    assert (services(page), page.input_value("#filter-status")) == (["Authentication"], "all")
    page.go_forward()
    page.wait_for_selector("text=status: healthy")
    assert page.input_value("#filter-status") == "healthy"
    page.go_back()
    expect(page.get_by_text("status: healthy")).to_have_count(0)
    page.go_back()
    page.wait_for_selector("h1 >> text=Services")
    assert wide.complaints == []


def test_back_from_another_page_finds_what_was_typed(wide):
    page = wide.open("/")
    typed(page, "bil", 1)
    page.click(".matrix-name a")
    page.wait_for_selector("h1 >> text=Billing")
    page.go_back()
    page.wait_for_selector("h1 >> text=Overview")
    expect(page.locator(ROWS)).to_have_count(1)
    assert page.input_value("#filter-q") == "bil"


@pytest.mark.parametrize(
    "way", [".brand", ".chips a >> text=Clear filters", '[aria-label="Remove filter text: “bil”"]']
)
def test_every_way_to_the_address_the_page_came_from_shows_all_again(wide, way):
    page = wide.open("/")
    typed(page, "bil", 1)
    page.locator(way).first.click()
    expect(page.locator(ROWS)).to_have_count(2)
    expect(page.locator("#filter-q")).to_have_value("")
    assert page.evaluate("location.search") == ""
    assert wide.complaints == []


def test_what_was_typed_is_shown_though_the_answer_to_it_got_lost(wide):
    page = wide.open("/")
    typed(page, "bi", 1)
    page.wait_for_selector('[aria-label="Remove filter text: “bi”"]')
    lost: list[str] = []

    def lose(route: Route) -> None:
        lost.append(route.request.url)
        route.fulfill(status=204)  # "I know nothing newer": so a process says that is behind the one asked before

    page.route("**/_dash-update-component*", lose, times=1)
    page.keyboard.type("l")
    page.wait_for_selector('[aria-label="Remove filter text: “bil”"]')
    assert len(lost) == 1
    assert page.input_value("#filter-q") == "bil"
    assert wide.complaints == []


def test_filters_that_leave_nothing_say_so_and_can_be_cleared(wide):
    page = wide.open("/")
    typed(page, "nothing like it", 0)
    expect(page.get_by_text("No services match.")).to_be_visible()
    assert page.locator(".kpi").count() == 0  # no zeros that look like numbers
    assert page.evaluate(ACTIVE) == "filter-q"
    page.locator(".empty >> text=Clear filters").click()
    expect(page.locator(ROWS)).to_have_count(2)
    assert page.input_value("#filter-q") == ""
    assert wide.complaints == []


def test_the_order_is_in_the_address_and_trouble_comes_first(wide):
    page = wide.open("/?sort=name")
    assert services(page) == ["Authentication", "Billing"]
    page.click(".segment >> text=Attention first")
    page.wait_for_function("() => location.search === ''")
    page.wait_for_selector(".matrix")


def test_an_event_redraws_the_matrix_and_moves_neither_focus_nor_scroll(chromium, dashboard):
    with tab(chromium, dashboard.url, 390) as opened:
        page = opened.open("/")
        page.wait_for_selector(".matrix")
        page.evaluate("window.box = document.querySelector('.matrix-box'); window.box.scrollLeft = 90")
        page.evaluate("document.querySelectorAll('.matrix a.version')[1].focus({ preventScroll: true })")
        focused = "document.activeElement.getAttribute('href')"
        before = page.evaluate(f"[{focused}, window.box.scrollLeft, scrollY]")
        dashboard.say(dashboard.deployed(0.05, serviceId="billing", buildVersion="9.8.1", attemptNumber="matrix"))
        page.wait_for_selector(".matrix >> text=9.8.1", state="attached", timeout=SOON)
        page.wait_for_function("() => !window.box.isConnected")
        assert page.evaluate(f"[{focused}, document.querySelector('.matrix-box').scrollLeft, scrollY]") == before
        assert opened.complaints == []


def test_an_event_while_one_types_leaves_the_text_alone(wide, dashboard):
    page = wide.open("/")
    typed(page, "bil", 1)
    dashboard.say(dashboard.deployed(0.04, serviceId="billing", buildVersion="9.8.2", attemptNumber="typing"))
    page.wait_for_selector(".matrix >> text=9.8.2", timeout=SOON)
    page.keyboard.type("l")
    assert (page.input_value("#filter-q"), page.evaluate(ACTIVE)) == ("bill", "filter-q")
    assert services(page) == ["Billing"]


@pytest.mark.parametrize("width", [390, 320])
def test_filters_fit_a_small_screen(chromium, dashboard, width):
    with tab(chromium, dashboard.url, width) as opened:
        for address in ("/?q=auth&status=attention&type=Production", "/?q=nothing", "/?fav=authn,billing"):
            page = opened.open(address)
            page.wait_for_timeout(150)
            assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
        assert opened.complaints == []
