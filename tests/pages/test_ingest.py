"""The ingest page on the server's side: every view, what it says of deliveries, what it does when tables are away."""

import dataclasses
import json
from typing import Any

import pytest
from dash import Dash

from ingest.envelope import normalize
from ingest.quarantine_records import Quarantined
from ingest.verdict_book import VerdictBook
from ingest.verdicts import DeliveryVerdict, Noted
from tests.api.conftest import SERVING, Site
from tests.conftest import Aws
from tests.ingest import saying, working
from tests.pages.conftest import Browser
from tests.read_model import NOW
from tests.reading import hrefs, named, nodes, with_class, words
from web.callback_bodies import ENDPOINT, call_of

VIEWS = ["", "?view=deliveries", "?view=dead-letters", "?view=lab", "?view=set-up", "?view=nothing"]
AT = "2026-02-24T11:59:00.000Z"
RECORD = f"{AT}~3f2c9b0e-0000-4000-8000-000000000001"
MARKUP = "<img src=x onerror=window.__x=1>"


class Told(Site):
    """A site to which things were delivered."""

    def __init__(self, aws: Aws) -> None:
        super().__init__(aws)
        book = VerdictBook(aws.dynamodb, aws.tables, lambda: NOW, "web")
        [event] = normalize(saying.deployment(), saying.RECEIVED, suites=saying.SUITES)
        book.note(Noted(AT, "github", "github", DeliveryVerdict.ACCEPTED, delivery_id="d-1", attempt_id=SERVING,
                        events=(event,), via=("service authn by the catalog's name identity/authn",)))  # fmt: skip
        book.note(Noted(AT, "gitlab", "gitlab", DeliveryVerdict.REJECTED, "invalid", f"status: {MARKUP}", "status"))
        book.note(Noted(AT, "github", "github", DeliveryVerdict.IGNORED, "unmapped", "add the rule"))
        book.flush()
        body = json.dumps(saying.deployment(status="DONE") | {"raw": {"body": "secret"}})
        record = Quarantined(RECORD.partition("~")[2], AT, f"status: {MARKUP}", body, 2, "jenkins", AT)
        working.deliveries(aws).quarantine(record)


@pytest.fixture(scope="module")
def told(module_aws: Aws) -> Told:
    return Told(module_aws)


@pytest.fixture(scope="module")
def open_at(told: Told) -> Any:
    return Browser(told.app()).visit


@pytest.mark.parametrize("view", VIEWS)
def test_every_view_has_a_heading_and_says_which_it_is(open_at, view):
    page = open_at(f"/ingest{view}")
    assert [words(one) for one in nodes(page, "H1")] == ["Ingest"]
    [views] = [one for one in nodes(page, "Nav") if one["props"]["aria-label"] == "Views of the intake"]
    assert len([one for one in nodes(views, "A") if one["props"].get("aria-current")]) == 1


@pytest.mark.parametrize("view", VIEWS[:5])
def test_every_view_survives_strange_addresses(open_at, view):
    strange = "source=%3Cb%3E&verdict=x&state=y&cursor=%00&record=..&sample=zzz&for=zzz&utm=1"
    assert list(nodes(open_at(f"/ingest{view}{'&' if view else '?'}{strange}"), "H1"))


def test_a_source_tells_how_much_came_and_what_became_of_it(open_at):
    page = open_at("/ingest")
    [table] = [one for one in nodes(page, "Table") if words(one).startswith("Sources and their deliveries")]
    rows = {words(next(nodes(row, "Th"))): row for row in list(nodes(table, "Tr"))[1:]}
    assert set(rows) == {"github", "gitlab"}
    assert "unmapped 1" in words(rows["github"])
    assert "/ingest?view=deliveries&source=gitlab&verdict=rejected" in hrefs(rows["gitlab"])
    [strip] = with_class(rows["github"], "hours")
    assert strip["props"]["aria-label"] == "Last 24 hours: 2 deliveries, at most 2 in an hour"


def test_a_delivery_shows_why_and_how_and_never_as_markup(open_at):
    page = open_at("/ingest?view=deliveries")
    ignored, rejected, accepted = with_class(page, "entry")
    assert words(rejected).startswith("Rejected gitlab")
    assert f"invalid  in  status : {MARKUP}" in words(rejected)
    assert "service authn by the catalog's name identity/authn" in words(accepted)
    assert "d-1" in words(accepted)
    shown = json.loads(words(next(nodes(accepted, "Code"))))
    assert (shown["eventType"], shown["payload"]["serviceId"]) == ("deployment", "authn")
    assert any(SERVING.replace(":", "%3A") in href for href in hrefs(accepted))
    assert "unmapped : add the rule" in words(ignored)


def test_the_list_of_deliveries_is_filtered_by_its_address(open_at):
    assert [words(one)[:7] for one in with_class(open_at("/ingest?view=deliveries&source=github"), "entry")] == [
        "Ignored", "Accepte",
    ]  # fmt: skip
    assert len(with_class(open_at("/ingest?view=deliveries&verdict=rejected"), "entry")) == 1
    assert "No deliveries match." in words(open_at("/ingest?view=deliveries&source=spinnaker"))


def test_a_dead_letter_leads_to_its_record_whose_body_can_be_edited_without_the_raw_one(open_at):
    page = open_at("/ingest?view=dead-letters")
    [to_record] = [href for href in hrefs(page) if "record=" in href]
    record = open_at(to_record)
    body = named(record, "quarantine-body")["props"]["value"]
    assert json.loads(body)["payload"]["status"] == "DONE"
    assert "raw" not in json.loads(body)
    buttons = [one["props"].get("data-action") for one in nodes(record, "Button")]
    assert buttons == ["replay", "replay-edited", "discard"]
    assert "There is no record" in words(open_at("/ingest?view=dead-letters&record=nothing"))


def test_actions_are_closed_until_an_admin_key_is_set(told, open_at):
    assert "set ADMIN_KEY" in words(open_at("/ingest?view=dead-letters")).replace("  ", " ")
    settings = dataclasses.replace(told.settings, admin_key="an-admin-key-of-28-characters")
    told.settings, before = settings, told.settings
    page = Browser(told.app()).visit("/ingest?view=dead-letters")
    told.settings = before
    assert named(page, "admin-key")["props"]["type"] == "password"
    assert "an-admin-key" not in json.dumps(page)


def test_no_secret_is_on_any_view(told, open_at):
    for view in VIEWS:
        shown = json.dumps(open_at(f"/ingest{view}"))
        assert not [secret for secret in told.settings.webhook_secrets if secret in shown]


def test_with_the_tables_away_the_views_say_so_and_the_rest_stands(told):
    away = told.aws.settings(aws_endpoint_url="http://127.0.0.1:9")
    told.settings, before = away, told.settings
    try:
        open_at = Browser(told.app()).visit
        status, deliveries = open_at("/ingest"), open_at("/ingest?view=deliveries")
        lab = open_at("/ingest?view=lab")
    finally:
        told.settings = before
    assert "Could not load the sources." in words(status)
    assert words(with_class(status, "kpi")[0]).startswith("Waiting")
    assert "Could not load the deliveries." in words(deliveries)
    assert named(lab, "lab-body")


@pytest.fixture
def app(told: Told) -> Dash:
    """An application of its own: the lab counts how often it is asked."""
    return told.app()


def attempt(app: Dash, **values: Any) -> Any:
    """What the lab answers to a form filled like this."""
    [(name, callback)] = [(n, one) for n, one in app.callback_map.items() if "lab-result" in n]
    body = call_of(name, callback)
    given = {"lab-try": 1, "lab-sender": "recognise", "lab-params": "", "lab-headers": "", "lab-body": ""} | values
    for one in body["inputs"] + body["state"]:
        one["value"] = given[one["id"]]
    body["changedPropIds"] = ["lab-try.n_clicks"]
    answer = app.server.test_client().post(ENDPOINT, json=body)
    assert answer.status_code in (200, 204), answer.text
    return answer.json["response"]["lab-result"]["children"] if answer.status_code == 200 else None


def test_the_lab_answers_with_verdict_names_and_effects(app):
    said = words(attempt(app, **{"lab-body": json.dumps(saying.deployment(buildVersion="9.9.9", attemptNumber=7))}))
    assert said.startswith("Accepted")
    assert "mira-us-west-2:authn:9.9.9:7: new, SUCCESS" in said
    assert "Not valid" in said
    assert words(attempt(app, **{"lab-body": "{"})).startswith("Rejected")
    assert "Name: value" in words(attempt(app, **{"lab-headers": "no colon"}))
    assert "at most" in words(attempt(app, **{"lab-body": "x" * 300_000}))


@pytest.mark.parametrize("clicks", [None, 0, "1"])
def test_the_lab_waits_for_its_button(app, clicks):
    assert attempt(app, **{"lab-try": clicks}) is None


def test_the_lab_takes_whatever_a_browser_may_send(app):
    for value in (None, 7, ["x"], {"a": 1}):
        for field in ("lab-body", "lab-headers", "lab-params", "lab-sender"):
            assert words(attempt(app, **{field: value}))


def test_a_view_of_the_intake_is_drawn_anew_each_time(told):
    browser = Browser(told.app())
    assert "new-source" not in words(browser.visit("/ingest?view=deliveries"))
    book = VerdictBook(told.aws.dynamodb, told.aws.tables, lambda: NOW, "web")
    book.note(Noted(AT, "new-source", "envelope", DeliveryVerdict.REJECTED, "invalid"))
    book.flush()
    assert "new-source" in words(browser.visit("/ingest?view=deliveries"))
