"""CloudEvents over HTTP: three modes of saying one thing, our own payloads within them, and what is refused."""

import base64
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.catalog_models import Catalog
from data.events import DeploymentEvent, RetirementEvent
from data.models import Status
from ingest.normalizers.contract import Ignored
from tests.ingest.normalizers.mutating import JUNK, gone_wrong, refused, survives
from tests.ingest.normalizers.posting import attempt, payload, post
from tests.ingest.saying import deployment

STRUCTURED = {"Content-Type": "application/cloudevents+json; charset=utf-8"}
BATCH = {"Content-Type": "application/cloudevents-batch+json"}
JSON = {"Content-Type": "application/json"}


def cdevent(**changes: Any) -> dict[str, Any]:
    return payload("cdevents/service.deployed.json", **changes)


def attributes(data: dict[str, Any]) -> dict[str, str]:
    context = data["context"]
    said = {name: context[name] for name in ("id", "source", "type")}
    return {"specversion": "1.0", "subject": data["subject"]["id"], **said}


def binary(data: dict[str, Any], /, **changes: str) -> dict[str, str]:
    return JSON | {f"ce-{name}": value for name, value in (attributes(data) | changes).items()}


def structured(data: dict[str, Any], /, **changes: Any) -> dict[str, Any]:
    whole = attributes(data) | {"datacontenttype": "application/json", "data": data} | changes
    return {name: value for name, value in whole.items() if value is not ...}


def ours(kind: str = "deployment", **changes: Any) -> dict[str, Any]:
    said = deployment(startedAt="2026-11-20T10:00:00Z", endedAt="2026-11-20T10:14:00Z", **changes)
    envelope = {"specversion": "1.0", "id": "77", "source": "/ci/acme", "type": f"dev.ddq.{kind}"}
    return envelope | {"data": said["payload"]}


def test_an_event_is_the_same_in_all_three_modes_and_bare():
    data = cdevent()
    told = [
        post(data, binary(data)),
        post(structured(data), STRUCTURED),
        post([structured(data)], BATCH),
        post(structured(data), JSON),
        post([structured(data)], JSON),
        post(data, JSON),
    ]
    assert {one.sender.name for one in told} == {"cdevents"}
    assert len({attempt(one).digest for one in told}) == 1
    assert len({attempt(one).event_id for one in told}) == 1


def test_data_may_be_base64():
    data = cdevent()
    text = base64.b64encode(json.dumps(data).encode()).decode()
    assert attempt(post(structured(data, data=..., data_base64=text), STRUCTURED)).status is Status.SUCCESS


def test_percent_encoded_headers_are_decoded():
    data = cdevent()
    plain = attempt(post(structured(data, subject="authn é"), STRUCTURED))
    assert attempt(post(data, binary(data, subject="authn%20%C3%A9"))).event_id == plain.event_id


@pytest.mark.parametrize("name", ["source", "type", "subject", "id"])
def test_events_are_told_apart_by_source_type_subject_and_id_together(name: str):
    data = cdevent()
    other = {"type": "dev.cdevents.service.upgraded.0.2.0"}.get(name, "another")
    assert attempt(post(data, binary(data))).event_id != attempt(post(data, binary(data, **{name: other}))).event_id


def test_an_id_that_cannot_be_shown_is_a_digest():
    data = cdevent()
    event_id = attempt(post(structured(data, id="é" * 400), STRUCTURED)).event_id
    assert len(event_id.removeprefix("cdevents:")) == 32


def test_a_batch_says_all_that_its_members_say():
    removed = payload("cdevents/service.removed.json")
    foreign = {"specversion": "1.0", "id": "1", "source": "/s3", "type": "com.acme.object.created"}
    events = post([structured(cdevent()), foreign, structured(removed)], BATCH).events
    assert [type(event) for event in events] == [DeploymentEvent, RetirementEvent]


def test_a_batch_of_nothing_about_us_is_ignored():
    foreign = {"specversion": "1.0", "id": "1", "source": "/s3", "type": "com.acme.object.created"}
    found = post([foreign, foreign], BATCH)
    assert found.ignored is Ignored.NOT_ABOUT_US
    assert (found.detail or "").startswith("all 2 events; the first: com.acme.object.created")
    assert post([], BATCH).ignored is Ignored.NOT_ABOUT_US


def test_one_bad_member_refuses_the_batch_and_is_named_by_its_place():
    bad = structured(cdevent(context__timestamp="yesterday"))
    refused(lambda: post([structured(cdevent()), bad], BATCH), "1.data.context.timestamp")
    refused(lambda: post([structured(cdevent()), 7], BATCH), "1")
    refused(lambda: post([structured(cdevent(), id=...)], BATCH), "0.id")
    refused(lambda: post([structured(cdevent())] * 2 + [ours(status="GREEN")], BATCH), "2.data.status")


def test_a_rule_over_two_fields_is_named_by_its_place_too():
    late = ours()
    late["data"]["endedAt"] = "2026-11-20T09:00:00Z"
    refused(lambda: post([late], BATCH), "0.data.endedAt")
    future = structured(cdevent(context__timestamp="2027-01-01T00:00:00Z"))
    assert refused(lambda: post([future], BATCH), "0.payload.startedAt") == "must not be more than 24 hours ahead"


def test_a_batch_is_of_one_source():
    said = refused(lambda: post([structured(cdevent()), ours()], BATCH), "1.source")
    assert said == "must agree with the batch's first event that is about us: cdevents"
    assert len(post([ours(), ours(status="FAILED") | {"id": "78"}], BATCH).events) == 2


def test_our_own_payload_may_come_as_a_cloudevent():
    event = attempt(post(ours(), STRUCTURED))
    assert event.attempt_id == "mira-us-west-2:authn:3.4.3:1795168800"
    assert event.source == "ci.acme"
    assert event.event_id.startswith("ci.acme:77.")


def test_our_own_payload_is_judged_like_the_envelope():
    refused(lambda: post(ours(status=None), STRUCTURED), "data.status")
    refused(lambda: post(ours("deploy"), STRUCTURED), "type")
    refused(lambda: post(ours() | {"data": []}, STRUCTURED), "data")
    suites = ours("test-result") | {
        "data": {"clusterId": "a", "serviceId": "b", "buildVersion": "1", "suiteType": "X"}
    }
    assert "FUNCTIONAL" in refused(lambda: post(suites, STRUCTURED), "data.suiteType")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"specversion": "0.3"}, "specversion"), ({"specversion": 1}, "specversion"),
        ({"specversion": ...}, "specversion"),
        ({"id": ""}, "id"), ({"id": 7}, "id"), ({"source": ...}, "source"), ({"type": None}, "type"),
        ({"type": "x" * 501}, "type"), ({"data": ...}, "data"), ({"data": "text"}, "data"),
        ({"data": None, "data_base64": "%%"}, "data_base64"), ({"data": None, "data_base64": 7}, "data_base64"),
    ],
)  # fmt: skip
def test_a_wrong_attribute_is_named(change: dict[str, Any], field: str):
    refused(lambda: post(structured(cdevent(), **change), STRUCTURED), field)


def test_a_wrong_header_is_named():
    data = cdevent()
    refused(lambda: post(data, binary(data, id="")), "ce-id")
    refused(lambda: post(data, binary(data, specversion="2.0")), "ce-specversion")
    refused(lambda: post(data, binary(data, subject="x" * 501)), "ce-subject")


def test_what_is_announced_as_a_batch_must_be_one():
    assert refused(lambda: post(structured(cdevent()), BATCH), None) == "a batch must be an array of events"
    refused(lambda: post([structured(cdevent())] * 501, BATCH), None)


def test_a_body_sent_to_this_address_that_is_no_event_is_refused():
    refused(lambda: post({"hello": "world"}, JSON, sender="cdevents"), None)


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from(
        [
            [structured(cdevent()), structured(payload("cdevents/incident.detected.json"))],
            [ours(), ours("incident")],
        ]
    ).flatmap(lambda events: gone_wrong({"batch": events}))
)
def test_no_batch_however_broken_crashes_the_normaliser(body: dict[str, Any]):
    whole = body.get("batch")
    survives(lambda one: post(one, BATCH, Catalog(), sender="cdevents"), whole, BATCH)


@settings(max_examples=100, deadline=None)
@given(st.dictionaries(st.sampled_from(["id", "source", "type", "subject", "specversion"]), JUNK.map(str)))
def test_no_header_however_broken_crashes_the_normaliser(changes: dict[str, str]):
    data = cdevent()
    headers = binary(data, **changes)
    survives(lambda one: post(one, headers), data, headers)
