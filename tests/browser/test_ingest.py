"""The ingest page in a real browser: nothing sticks out, the lab answers, copies are whole, a key opens actions."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from data.instants import to_instant
from ingest.quarantine_records import Quarantined
from ingest.queue import Queue
from tests.api.serving import Web
from tests.browser.conftest import ADMIN_KEY, Dashboard, Tab, tab
from tests.browser.judging import sticking_out
from tests.conftest import WEBHOOK_SECRET
from tests.ingest import saying, working

MARKUP = "<img src=x onerror=window.__x=1>"


@pytest.fixture(scope="module")
def open_web(dashboard: Dashboard) -> Web:
    """The web process, after some deliveries it refused."""
    dashboard.web.post(saying.deployment(), X_Webhook_Secret="not-the-secret-0123456789")
    dashboard.web.post(saying.deployment(buildVersion="latest"))
    return dashboard.web


@pytest.fixture
def ingest(chromium: Any, open_web: Web) -> Iterator[Tab]:
    """A desktop's tab at it."""
    with tab(chromium, f"http://127.0.0.1:{open_web.port}") as opened:
        yield opened


def set_aside(dashboard: Dashboard, number: int, body: Any) -> Quarantined:
    """A record of a message that could not be stored."""
    at = to_instant(datetime.now(UTC))
    text = json.dumps(body)
    record = Quarantined(f"3f2c9b0e-0000-4000-8000-{number:012}", at, f"status {MARKUP}", text, 1, "jenkins", at)
    working.deliveries(dashboard.aws).quarantine(record)
    return record


def test_an_open_delivery_and_a_message_set_aside_fit_a_phone_as_text(chromium, dashboard, open_web):
    record = set_aside(dashboard, 1, saying.deployment(status="DONE"))
    with tab(chromium, f"http://127.0.0.1:{open_web.port}", 390, "dark") as opened:
        page = opened.open("/ingest?view=deliveries")
        page.locator(".entry summary").first.click()
        assert sticking_out(page) == []
        page = opened.open(f"/ingest?view=dead-letters&record={record.id}")
        assert sticking_out(page) == []
        assert page.evaluate("window.__x") is None
        assert opened.complaints == []


def test_the_lab_tries_a_sample_and_what_is_typed(ingest):
    page = ingest.open("/ingest?view=lab&sample=github-ping")
    page.click("#lab-try")
    page.wait_for_selector("#lab-result >> text=Ignored")
    page.fill("#lab-body", "{")
    page.click("#lab-try")
    page.wait_for_selector("#lab-result >> text=the body is not JSON")
    page.fill("#lab-headers", f"Content-Type: application/json\nX-Webhook-Secret: {WEBHOOK_SECRET}")
    page.fill("#lab-body", json.dumps(saying.deployment(source=MARKUP)))
    page.click("#lab-try")
    page.wait_for_selector("#lab-result >> text=valid: webhook secret")
    assert page.evaluate("window.__x") is None
    page.click("#refresh-button")
    page.wait_for_timeout(800)
    assert page.input_value("#lab-headers").startswith("Content-Type")
    assert ingest.complaints == []


def test_a_file_becomes_the_body(ingest, tmp_path: Path):
    file = tmp_path / "report.xml"
    file.write_text("<testsuite name='from a file'/>")
    page = ingest.open("/ingest?view=lab&sample=junit")
    page.set_input_files("input[type=file]", file)
    page.wait_for_function("() => document.querySelector('#lab-body').value.includes('from a file')")
    page.click("#lab-try")
    page.wait_for_selector("#lab-result .entry-head")
    assert ingest.complaints == []


def test_a_snippet_is_copied_with_this_installations_address(ingest):
    ingest.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = ingest.open("/ingest?view=set-up&for=curl")
    page.wait_for_selector(f"code >> text={ingest.base}/api/ingest/webhook")
    page.click("button.copy")
    page.wait_for_selector("button.copy[data-said=Copied]")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == page.inner_text(".snippet code") or copied.strip() == page.inner_text(".snippet code").strip()
    assert f"'{ingest.base}/api/ingest/webhook'" in copied
    assert "$WEBHOOK_SECRET" in copied


def test_a_delivery_stays_open_while_others_arrive_above_it(ingest, open_web):
    page = ingest.open("/ingest?view=deliveries&verdict=rejected")
    first = page.locator(".entry", has_text="latest").first
    first.locator("summary").click()
    open_web.post(saying.deployment(buildVersion="stable"))
    page.wait_for_selector(".entry >> text=stable", timeout=20_000)
    assert "'latest'" in page.inner_text(".entry:has(details[open])")
    assert page.locator("details[open]").count() == 1


def test_the_key_opens_replay_and_discard_and_the_audit_says_who(ingest, dashboard):
    record = set_aside(dashboard, 2, saying.deployment(status="DONE"))
    page = ingest.open(f"/ingest?view=dead-letters&record={record.id}")
    page.click("button >> text=Discard")
    page.wait_for_selector("#admin-said >> text=Type your name and the admin key first.")
    page.fill("#admin-who", "ada")
    page.fill("#admin-key", "not the key")
    page.click("text=Use this key")
    page.wait_for_selector("#admin-said >> text=this is not the admin key")
    page.fill("#admin-key", ADMIN_KEY)
    page.click("text=Use this key")
    page.wait_for_selector("#admin-said >> text=You act as ada")
    assert page.input_value("#admin-key") == ""
    page.click("button >> text=Replay as edited")
    page.wait_for_selector("#admin-said >> text=payload.status: must be one of")
    body = json.loads(page.input_value("#quarantine-body"))
    body["payload"]["status"] = "SUCCESS"
    page.fill("#quarantine-body", json.dumps(body))
    page.click("button >> text=Replay as edited")
    page.wait_for_selector(".badge-state >> text=Replayed")
    assert '"SUCCESS"' in Queue(dashboard.aws.sqs, dashboard.aws.queue_url, None).receive()[0].body
    page.click("text=All dead letters")
    page.wait_for_selector("#audit >> text=edited and replayed")
    page.wait_for_selector("#audit >> text=ada")
    assert [said for said in ingest.complaints if "40" not in said] == []  # the refusals are told, too
    assert ADMIN_KEY not in page.content()


def test_giving_up_takes_a_second_click(ingest, dashboard):
    record = set_aside(dashboard, 3, saying.deployment())
    page = ingest.open(f"/ingest?view=dead-letters&record={record.id}")
    page.fill("#admin-who", "ada")
    page.fill("#admin-key", ADMIN_KEY)
    page.click("text=Use this key")
    page.wait_for_selector("#admin-said >> text=You act as ada")
    page.click("button >> text=Discard")
    page.click("button >> text=Really give it up?")
    page.wait_for_selector("text=It was discarded: nothing is left to do.")
    assert ingest.complaints == []
