"""Alerts as their reader meets them: what fired, whether it arrived, and a test that shows up in the list."""

from playwright.sync_api import expect

from tests.browser.conftest import ADMIN_KEY, Tab


def test_a_test_of_a_rule_is_fired_with_the_admin_key_and_shows_up_as_pending(wide: Tab) -> None:
    page = wide.open("/alerts")
    button = page.get_by_role("button", name="Test Failed in production")
    button.click()
    expect(page.locator("#admin-said")).to_have_text("Type your name and the admin key first.")
    page.fill("#admin-who", "Zoë")
    page.fill("#admin-key", ADMIN_KEY)
    page.get_by_role("button", name="Use this key").click()
    expect(page.locator("#admin-said")).to_contain_text("The key is right")
    button.click()
    expect(page.locator("#admin-said")).to_have_text("Fired; the list shows whether it arrives.")
    first = page.locator(".alerts-fired tbody tr").first
    expect(first).to_contain_text("Test of “Failed in production”")
    expect(first).to_contain_text("Pending")


def test_an_alert_leads_to_the_attempt_and_its_rule_narrows_the_list(wide: Tab) -> None:
    page = wide.open("/alerts")
    expect(page.locator(".alerts-fired")).to_contain_text("answered 503: <b>Service Unavailable</b>, tried 1 time")
    page.locator(".alert-rules").get_by_role("link", name="Success rate").click()
    expect(page.locator("main")).to_contain_text("Only of Success rate.")
    expect(page.locator("main")).not_to_contain_text("Failed: Authentication on Aquila")
    page.get_by_role("link", name="Show all").click()
    page.locator(".alerts-fired").get_by_role("link", name="Failed: Authentication on Aquila").first.click()
    page.wait_for_url("**/builds/**")
