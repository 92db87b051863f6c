"""The intake when its queue is away: never a 202 for what the queue does not have."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.api.serving import Web, serving
from tests.api.test_webhooks import deployed, taken
from tests.conftest import Aws
from tests.proxy import Fault, Proxy, proxied


@pytest.fixture
def proxy(aws: Aws) -> Iterator[Proxy]:
    with proxied(aws.endpoint) as between:
        yield between


@pytest.fixture
def web(aws: Aws, proxy: Proxy, tmp_path: Path) -> Iterator[Web]:
    queues = {
        "SQS_QUEUE_URL": aws.queue_url.replace(aws.endpoint, proxy.endpoint),
        "SQS_DLQ_URL": aws.dlq_url.replace(aws.endpoint, proxy.endpoint),
    }
    with serving(aws, tmp_path, AWS_ENDPOINT_URL=proxy.endpoint, **queues) as running:
        yield running


def test_a_queue_that_is_away_is_a_503_that_says_when_to_come_back(aws: Aws, proxy: Proxy, web: Web):
    """W12: within five seconds, and well again without a restart."""
    for fault in (Fault.CUT, Fault.HOLE):
        proxy.fail("sqs", fault)
        answer = web.post(deployed())
        assert answer.status == 503
        assert 1 <= int(answer.headers["Retry-After"]) <= 5
        assert answer.seconds < 6
        proxy.heal()
        assert web.post(deployed()).status == 202
    assert len(taken(aws)) == 2


def test_when_only_the_queues_answer_is_lost_the_retry_says_the_same_event(aws: Aws, proxy: Proxy, web: Web):
    """W13: the sender sees a 503 and sends again; both messages carry one event id, so one effect."""
    body = deployed(envelope_eventId="once")
    proxy.fail("sqs", Fault.CUT_REPLY)
    assert web.post(body).status == 503
    proxy.heal()
    assert web.post(body).status == 202
    messages = taken(aws)
    assert len(messages) >= 2
    assert {one["eventId"] for one in messages} == {"github-actions:once"}


def test_tables_that_are_away_do_not_close_the_intake(aws: Aws, proxy: Proxy, web: Web):
    proxy.fail("dynamodb", Fault.CUT)
    assert web.post(deployed()).status == 202
    status = web.ask("/api/ingest/status").body
    assert status["queue"]["depth"] + status["queue"]["inFlight"] == 1
    assert (status["sources"], status["workers"], status["recordsReason"]) == (None, None, "tables_away")
    proxy.heal()
    taken(aws)
