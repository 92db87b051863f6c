"""Whatever comes, whoever it claims to be from: events, a reason, or a refusal; never anything else (W16)."""

from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.errors import InvalidRequest
from data.events import AnyEvent
from ingest import normalizers
from ingest.headers import Headers
from ingest.taking import Incoming, Taken, take
from tests.read_model import CATALOG

RECEIVED = "2026-02-24T12:00:00.000Z"
HEADERS = [
    {}, {"X-GitHub-Event": "deployment_status"}, {"X-GitHub-Event": "workflow_run"}, {"X-GitHub-Event": "é"},
    {"X-Gitlab-Event": "Deployment Hook"}, {"X-Gitlab-Event": "Pipeline Hook"}, {"X-Gitlab-Event": ""},
    {"ce-specversion": "1.0", "ce-type": "dev.cdevents.service.deployed.0.3.0", "ce-id": "1", "ce-source": "/"},
    {"Content-Type": "application/cloudevents-batch+json"}, {"Content-Type": "application/cloudevents+json"},
    {"Content-Type": "application/xml"}, {"Content-Type": "application/x-www-form-urlencoded"},
]  # fmt: skip
KEYS = [
    "source", "eventType", "payload", "app", "status", "metadata", "rollout", "build", "phase", "name", "details",
    "content", "execution", "object_attributes", "project", "deployment", "deployment_status", "repository",
    "context", "subject", "specversion", "type", "data", "id", "eventName", "stages", "parameters", "spec", "time",
    "commit_sha",
]  # fmt: skip
SCALARS = st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.floats(allow_nan=False) | st.text(max_size=20)
WORDS = st.sampled_from(["deployment", "SUCCESS", "orca", "FINALIZED", "2026-02-24T10:00:00Z", "1.0", "acme/authn"])
BODIES = st.recursive(
    SCALARS | WORDS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(KEYS) | st.text(max_size=5), inner),
    max_leaves=25,
)


def outcome(raw: bytes, headers: dict[str, str], sender: str | None) -> Taken | None:
    try:
        return take(Incoming(raw, Headers(headers.items()), sender), RECEIVED, CATALOG)
    except InvalidRequest as refusal:
        assert refusal.reason
        return None


def is_whole(taken: Taken | None) -> bool:
    """Events, or a reason with a sentence."""
    if taken is None:
        return True
    events: tuple[AnyEvent, ...] = taken.events
    return bool(events) != (taken.ignored is not None) and bool(events or taken.detail)


@given(BODIES, st.sampled_from(HEADERS), st.sampled_from([None, *normalizers.SENDERS]))
def test_any_json_of_anybody_is_read_or_refused(body: Any, headers: dict[str, str], sender: str | None):
    try:
        raw = orjson.dumps(body)
    except orjson.JSONEncodeError:  # half a surrogate pair, or a number beyond 64 bits: not what is tested here
        return
    assert is_whole(outcome(raw, headers, sender))


@given(st.binary(max_size=200), st.sampled_from(HEADERS), st.sampled_from([None, *normalizers.SENDERS]))
def test_any_bytes_of_anybody_are_read_or_refused(raw: bytes, headers: dict[str, str], sender: str | None):
    assert is_whole(outcome(raw, headers, sender))


@pytest.mark.parametrize("name", sorted(normalizers.SENDERS))
def test_every_sender_says_what_is_wrong_with_nothing(name: str):
    for raw in (b"", b"{}", b"[]", b"null", b'""', b"0"):
        assert is_whole(outcome(raw, {}, name))
