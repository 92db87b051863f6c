"""The queue's message: what was sent survives it, whichever way it came."""

import json

import pytest

from data.errors import InvalidRequest
from ingest import message
from ingest.envelope import normalize
from ingest.message import Delivery
from ingest.taking import Incoming
from tests.ingest import saying
from tests.ingest.saying import RECEIVED, SUITES

SENT = "2026-02-24T12:00:05.000Z"


def delivered(body: dict[str, object], **changes: object) -> tuple[Delivery, str]:
    """A delivery by webhook, and its message."""
    events = tuple(normalize(body, RECEIVED, suites=SUITES))
    delivery = Delivery(events, events[0].source, RECEIVED, **changes)  # type: ignore[arg-type]
    headers = {"Content-Type": "application/json", "X-Webhook-Secret": "no"}
    incoming = Incoming(json.dumps(body, indent=1).encode(), headers, None, {"suite": "SANITY"})
    return delivery, message.dump(delivery, incoming, "envelope")


@pytest.mark.parametrize(
    "body",
    [
        saying.deployment(failureReason="Größe \U0001f600", envelope_eventId="d:1"),
        saying.deployment(),
        saying.test_result(),
        saying.promotion(),
        saying.incident(),
    ],
)
def test_what_goes_in_comes_out(body):
    delivery, text = delivered(body)
    assert message.parse(text, SENT, SUITES) == delivery
    assert text.isascii()


def test_the_raw_body_is_kept_and_no_secret_is():
    body = saying.deployment()
    _, text = delivered(body)
    assert message.original(text) == message.Original(
        json.dumps(body, indent=1).encode(), "envelope", {"Content-Type": "application/json"}, {"suite": "SANITY"}
    )


def test_the_message_has_the_fields_of_the_document():
    delivery, text = delivered(saying.deployment())
    said = json.loads(text)
    assert said["schemaVersion"] == 1
    assert said["eventId"] == delivery.events[0].event_id
    assert (said["eventType"], said["source"], said["receivedAt"]) == ("deployment", "github-actions", RECEIVED)


def test_for_the_archive_only_is_remembered():
    delivery, text = delivered(saying.deployment(), archive_only=True)
    assert message.parse(text, SENT, SUITES) == delivery


def test_a_bare_message_says_the_same_as_the_webhook():
    body = saying.deployment(envelope_eventId="d-1")
    delivery, _ = delivered(body)
    assert message.parse(json.dumps(body | {"receivedAt": RECEIVED}), SENT, SUITES) == delivery


@pytest.mark.parametrize(
    ("said", "received_at"),
    [
        (None, SENT),
        ("2026-02-24T11:00:00+00:00", "2026-02-24T11:00:00.000Z"),
        ("2026-02-25T12:00:00Z", SENT),
    ],
)
def test_a_bare_message_was_received_no_later_than_it_was_sent(said, received_at):
    body = saying.deployment() | ({"receivedAt": said} if said else {})
    assert message.parse(json.dumps(body), SENT, SUITES).received_at == received_at


def test_a_suite_the_catalog_does_not_name_is_refused_by_the_worker_too():
    with pytest.raises(InvalidRequest, match="payload.suiteType: must be one of SANITY"):
        message.parse(json.dumps(saying.test_result()), SENT, ("SANITY",))


def test_the_largest_body_fits_into_one_message():
    commits = [{"sha": "a" * 64, "committedAt": "2026-02-24T10:00:00Z"}] * 500
    body = saying.deployment(commits=commits, labels=["\U0001f600" * 100] * 50, failureReason="\U0001f600" * 2000)
    events = tuple(normalize(body, RECEIVED, suites=SUITES))
    noise = bytes(range(256)) * 1024  # what a sender may add; at worst it does not compress at all
    text = message.dump(Delivery(events, "x", RECEIVED), Incoming(noise, {}), "envelope")
    worst = len(text) - len(json.loads(text)["raw"]["body"]) + 4 * (len(noise) + 200) // 3
    assert worst < 1_048_576
