"""What was set aside, over the API: who may act, what acting does, and that it is written down."""

import itertools
import json
from typing import Any

import pytest
from flask.testing import FlaskClient

from data.models import Scope
from ingest.quarantine_records import Quarantined
from tests.api.conftest import Site
from tests.conftest import Aws
from tests.ingest import saying, working
from tests.ingest.taken import messages

KEY = "an-admin-key-of-28-characters"
ADMIN = {"X-Admin-Key": KEY}
BY = {"by": "Zoë"}
AT = "2026-02-24T11:00:00.000Z"


class Fresh(Site):
    """Tables with a catalog and nothing else."""

    def say(self, *envelopes: Any) -> None:
        """Nothing happened yet."""


@pytest.fixture
def site(aws: Aws) -> Site:
    return Fresh(aws)


@pytest.fixture
def client(site: Site) -> FlaskClient:
    site.settings = site.aws.settings(admin_key=KEY)
    client: FlaskClient = site.app().server.test_client()
    return client


def set_aside(aws: Aws, number: int, body: Any, **changes: Any) -> Quarantined:
    """A record as the worker leaves it, with its copy on the dead-letter queue."""
    text = body if isinstance(body, str) else json.dumps(body)
    message_id = f"3f2c9b0e-0000-4000-8000-{number:012}"
    values: dict[str, Any] = {"reason": "suiteType: unknown", "receives": 1, "source": "jenkins"}
    record = Quarantined(message_id, AT, body=text, quarantined_at=AT, **(values | changes))
    working.deliveries(aws).quarantine(record)
    aws.sqs.send_message(
        QueueUrl=aws.dlq_url, MessageBody=text,
        MessageAttributes={"messageId": {"DataType": "String", "StringValue": message_id}},
    )  # fmt: skip
    return record


def dead(aws: Aws) -> int:
    return working.queue_of(aws).depth().dead


def test_records_are_listed_newest_first_in_pages_without_their_bodies(client: FlaskClient, aws: Aws) -> None:
    for number in range(3):
        set_aside(aws, number, saying.deployment())
    first = client.get("/api/ingest/quarantine?limit=2").get_json()
    second = client.get(f"/api/ingest/quarantine?limit=2&cursor={first['nextCursor']}").get_json()
    found = [one["messageId"][-1] for one in first["records"] + second["records"]]
    assert (found, second["nextCursor"]) == (["2", "1", "0"], None)
    assert "body" not in first["records"][0]
    assert client.get("/api/ingest/quarantine?state=discarded").get_json()["records"] == []
    assert client.get("/api/ingest/quarantine?state=lost").status_code == 400


def test_a_record_has_its_body(client: FlaskClient, aws: Aws) -> None:
    record = set_aside(aws, 1, "not JSON {")
    assert client.get(f"/api/ingest/quarantine/{record.id}").get_json()["body"] == "not JSON {"
    for unknown in ("x", f"{AT}~other", "%F0%9F%92%A9" * 90, f"{AT}~3f2c9b0e-0000-4000-8000-000000000009"):
        assert client.get(f"/api/ingest/quarantine/{unknown}").status_code == 404


def test_replay_puts_the_message_on_the_queue_again_and_says_who_did_it(client: FlaskClient, aws: Aws) -> None:
    record = set_aside(aws, 1, saying.deployment())
    answer = client.post(f"/api/ingest/quarantine/{record.id}/replay", json=BY, headers=ADMIN)
    said = answer.get_json()
    assert (answer.status_code, said["state"], said["settledBy"]) == (200, "replayed", "Zoë")
    [sent] = messages(aws)
    assert sent["payload"] == saying.deployment()["payload"]
    assert dead(aws) == 0
    [line] = client.get("/api/ingest/audit", headers=ADMIN).get_json()["actions"]
    assert (line["by"], line["action"], line["recordId"]) == ("Zoë", "replayed", record.id)


def test_an_edited_message_is_judged_before_it_takes_the_place_of_the_old_one(client: FlaskClient, aws: Aws) -> None:
    record = set_aside(aws, 1, saying.deployment(status="DONE"))
    path = f"/api/ingest/quarantine/{record.id}/replay"
    still_wrong = client.post(path, json=BY | {"body": json.dumps(saying.deployment(status="OVER"))}, headers=ADMIN)
    assert (still_wrong.status_code, still_wrong.get_json()["field"]) == (400, "payload.status")
    assert messages(aws) == []
    mended = client.post(path, json=BY | {"body": json.dumps(saying.deployment())}, headers=ADMIN)
    assert mended.status_code == 200
    assert [one["payload"]["status"] for one in messages(aws)] == ["SUCCESS"]
    actions = client.get("/api/ingest/audit", headers=ADMIN).get_json()["actions"]
    assert [one["action"] for one in actions] == ["edited and replayed"]


def test_what_was_discarded_is_not_replayed(client: FlaskClient, aws: Aws) -> None:
    record = set_aside(aws, 1, saying.deployment())
    assert client.post(f"/api/ingest/quarantine/{record.id}/discard", json=BY, headers=ADMIN).status_code == 200
    assert dead(aws) == 0
    assert client.post(f"/api/ingest/quarantine/{record.id}/replay", json=BY, headers=ADMIN).status_code == 409
    assert messages(aws) == []


def test_replaying_all_leaves_what_cannot_be_read_and_says_so(client: FlaskClient, aws: Aws) -> None:
    good, bad = set_aside(aws, 1, saying.deployment()), set_aside(aws, 2, "not JSON {")
    answer = client.post("/api/ingest/quarantine/replay-all", json=BY, headers=ADMIN).get_json()
    assert (answer["sent"], [one["id"] for one in answer["refused"]], answer["more"]) == (1, [bad.id], False)
    listed = client.get("/api/ingest/quarantine").get_json()["records"]
    assert {one["id"]: one["state"] for one in listed} == {good.id: "replayed", bad.id: "open"}


ACTIONS = [f"/api/ingest/quarantine/{AT}~x/{name}" for name in ("replay", "discard")]
ACTIONS.append("/api/ingest/quarantine/replay-all")


def test_only_the_admin_key_acts(client: FlaskClient) -> None:
    for path in ACTIONS:
        only_the_key_acts(client, path)


def only_the_key_acts(client: FlaskClient, path: str) -> None:
    assert client.post(path, json=BY).status_code == 401
    assert client.post(path, json=BY, headers={"X-Admin-Key": KEY + "x"}).status_code == 403
    assert client.post(path, json=BY, headers={"X-Admin-Key": "ké\xff"}).status_code == 403
    assert client.post(path, json=BY, headers={"Authorization": f"Bearer {KEY}"}).status_code in (200, 404)
    assert client.post(path, json=BY, headers=ADMIN).status_code in (200, 404)


def test_without_an_admin_key_everything_is_closed(site: Site) -> None:
    closed = site.app().server.test_client()
    tried: tuple[dict[str, str], ...] = (
        {},
        {"X-Admin-Key": ""},
        {"X-Admin-Key": "None"},
        {"Authorization": "Bearer "},
    )
    for path, headers in itertools.product(ACTIONS, tried):
        answer = closed.post(path, json=BY, headers=headers)
        assert (answer.status_code, "ADMIN_KEY is not set" in answer.get_json()["detail"]) == (403, True)
    assert closed.get("/api/ingest/audit").status_code == 403


SITES: list[tuple[dict[str, str], bool]] = [
    ({"Sec-Fetch-Site": "same-origin"}, True), ({"Sec-Fetch-Site": "none"}, True),
    ({"Sec-Fetch-Site": "cross-site"}, False), ({"Sec-Fetch-Site": "same-site"}, False),
    ({"Origin": "http://localhost"}, True), ({"Origin": "https://elsewhere.example.com"}, False),
    ({"Origin": "null"}, False), ({}, True),
]  # fmt: skip


def test_a_page_of_another_site_cannot_make_a_browser_act(client: FlaskClient) -> None:
    for headers, allowed in SITES:
        answer = client.post("/api/ingest/quarantine/replay-all", json=BY, headers=ADMIN | headers)
        assert answer.status_code == (200 if allowed else 403), headers


NOBODY: list[Any] = [
    {}, {"by": ""}, {"by": " "}, {"by": 7}, {"by": "a\nb"}, {"by": "x" * 101}, {"by": "ada", "more": 1}, ["ada"],
]  # fmt: skip


def test_who_acts_has_to_be_said(client: FlaskClient) -> None:
    for body in NOBODY:
        answer = client.post("/api/ingest/quarantine/replay-all", json=body, headers=ADMIN)
        assert answer.status_code == 400, body


def test_the_key_is_neither_logged_nor_shown(client: FlaskClient, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level("DEBUG"):
        shown = client.post("/api/ingest/quarantine/replay-all", json=BY, headers={"X-Admin-Key": KEY + "x"}).text
    assert KEY not in caplog.text + shown
    assert KEY not in repr(client.application.extensions)


def test_who_may_see_only_a_part_sees_no_messages_that_belong_nowhere(site: Site) -> None:
    record = set_aside(site.aws, 1, saying.deployment())
    narrow = site.app(scope=Scope(services=frozenset({"authn"}))).server.test_client()
    assert narrow.get("/api/ingest/quarantine").get_json()["records"] == []
    assert narrow.get(f"/api/ingest/quarantine/{record.id}").status_code == 404
