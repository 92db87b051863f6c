"""A page's first view: what it needs came with its index, and only for the address it was drawn for."""

from urllib.parse import urlsplit

from playwright.sync_api import Page, Request

from tests.browser.conftest import Tab

DASH = ("/_dash-layout", "/_dash-dependencies", "/_dash-update-component")


def asked_of_dash(page: Page) -> list[str]:
    """The paths of Dash's own that this page asks for, as they come."""
    paths: list[str] = []

    def note(request: Request) -> None:
        path = urlsplit(request.url).path
        if path in DASH and "page-mark" not in (request.post_data or ""):  # news are drawn whenever they come
            paths.append(path)

    page.on("request", note)
    return paths


def wait_for_heading(page: Page, words: str) -> None:
    page.wait_for_function(f"() => document.querySelector('main h1').textContent.includes('{words}')")


def test_a_page_that_is_answered_from_memory_asks_for_nothing_more(wide: Tab) -> None:
    asked, page = asked_of_dash(wide.page), wide.open("/services?q=auth")
    assert asked == []
    assert page.locator("main input[type=search]").input_value() == "auth"
    assert page.locator("script.answer-ahead").count() == 0
    page.click(".menu a[href='/clusters']")
    wait_for_heading(page, "Cluster")
    assert asked == ["/_dash-update-component"]
    page.go_back()
    wait_for_heading(page, "Services")
    assert asked == ["/_dash-update-component"] * 2
    assert wide.complaints == []


def test_a_page_that_asks_the_store_is_drawn_by_one_question(wide: Tab) -> None:
    asked = asked_of_dash(wide.page)
    wide.open("/promotions")
    assert asked == ["/_dash-update-component"]
    assert wide.complaints == []
