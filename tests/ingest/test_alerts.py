"""Alerts from the queue to their receivers: fired once, kept until they arrive, signed, and never in the way."""

import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from data.alert_book import GIVEN_UP_AFTER_SECONDS, AlertBook
from data.alert_models import AlertEvent, AlertMetric, AlertRule, Channel, Fired, Sent
from data.alert_rules import a_test
from data.catalog import CatalogStore
from data.catalog_models import Catalog, Cluster, ClusterType, Service
from data.cursors import Cursors
from data.disagreement_notes import DisagreementNotes
from data.errors import Unavailable
from data.instants import to_instant
from data.models import EVERYTHING, Scope, Status
from data.tables import TableNames
from ingest.alert_posting import NotPosted, post
from ingest.alert_sending import AlertSender
from ingest.alert_watch import AlertWatch
from ingest.alert_words import Letter, letter, slack_text
from ingest.credentials import standard_keys
from ingest.silence import Silence
from tests.conftest import Aws
from tests.ingest import saying, working
from tests.read_model import CATALOG, NOW, attempt, generation

SECRET = "whsec_" + base64.b64encode(b"k" * 32).decode()
CURSORS = Cursors(b"a cursor secret of tests, 32 byte")
RULE = AlertRule(rule_id="prod", name="Failed in production", to=("pager",), on=AlertEvent.FAILED, stage="Production")


class Receiver(ThreadingHTTPServer):
    """A webhook's other end: keeps what it was sent and answers what it is told to."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Taking)
        self.answer = 200
        self.got: list[tuple[str, dict[str, str], bytes]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/hook?to=us"


class Taking(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.server.got.append((self.path, headers, body))
        self.send_response(self.server.answer)
        self.send_header("Location", "http://127.0.0.1:1/elsewhere")
        self.end_headers()
        self.wfile.write(b"no_service" if self.server.answer >= 300 else b"ok")

    def log_message(self, *args: Any) -> None:
        """Nothing: tests are quiet."""


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def pager(receiver: Receiver) -> Channel:
    return Channel("pager", "webhook", receiver.url, SECRET)


def ago(**time: float) -> str:
    return to_instant(datetime.now(UTC) - timedelta(**time))


def a_failure(n: int = 1, **changes: Any) -> dict[str, Any]:
    values = {"startedAt": ago(minutes=20), "endedAt": ago(minutes=10), "status": "FAILED", "attemptNumber": n}
    return saying.deployment(**(values | changes))


def set_rules(aws: Aws, *rules: AlertRule) -> None:
    clusters = (Cluster("mira-us-west-2", "Mira", ClusterType.PRODUCTION),)
    CatalogStore(aws.dynamodb, aws.tables).save(Catalog(clusters, (Service("authn", "AuthN"),), alerts=rules))


def fired(aws: Aws, scope: Scope = EVERYTHING) -> list[Fired]:
    return list(AlertBook(aws.dynamodb, aws.tables).page(scope, CURSORS, 50).items)


def sender(aws: Aws, *channels: Channel, late: timedelta = timedelta()) -> AlertSender:
    book = AlertBook(aws.dynamodb, aws.tables)
    return AlertSender(book, channels, lambda: datetime.now(UTC) + late, address="https://dash.example.com")


def test_a_failure_in_production_reaches_its_channel_once_however_often_it_is_delivered(aws: Aws, receiver: Receiver):
    set_rules(aws, RULE)
    working.send(aws, a_failure(), a_failure() | {"eventId": "again"}, a_failure(2, status="SUCCESS"))
    with working.working(aws):
        working.until(lambda: working.empty(aws))
    with working.working(aws):
        working.send(aws, a_failure() | {"eventId": "once more"})
        working.until(lambda: working.empty(aws))
    (one,) = fired(aws)
    assert one.alert.title == "Failed: AuthN on Mira, 3.4.3"
    assert one.channels["pager"].state is Sent.PENDING
    sending = sender(aws, pager(receiver))
    assert (sending.try_round(), sending.try_round()) == (1, 0)
    ((path, headers, body),) = receiver.got
    assert path == "/hook?to=us"
    assert json.loads(body)["data"]["url"] == "https://dash.example.com/builds/mira-us-west-2%3Aauthn%3A3.4.3%3A1"
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    (key,) = standard_keys(SECRET)
    expected = base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()
    assert headers["webhook-signature"] == f"v1,{expected}"
    assert fired(aws)[0].channels["pager"].state is Sent.DELIVERED


def test_what_happened_long_ago_fires_nothing_though_it_is_told_now(aws: Aws):
    set_rules(aws, RULE)
    working.send(aws, a_failure(startedAt=ago(hours=3), endedAt=ago(hours=2)))
    with working.working(aws):
        working.until(lambda: working.empty(aws))
    assert fired(aws) == []


def test_a_message_is_kept_until_its_alert_is(aws: Aws, monkeypatch: pytest.MonkeyPatch):
    """Stored, but the alert could not be kept: the same message fires it when it comes again."""
    set_rules(aws, RULE)
    fire, cut = AlertBook.fire, iter([True])

    def cut_off(self: AlertBook, *args: Any) -> bool:
        if next(cut, False):
            raise Unavailable("cut off")
        return fire(self, *args)

    monkeypatch.setattr(AlertBook, "fire", cut_off)
    monkeypatch.setattr("ingest.worker.FIRST_BACKOFF", 0.1)
    working.send(aws, a_failure())
    with working.working(aws) as parts:
        working.until(lambda: bool(fired(aws)))
        working.until(lambda: working.empty(aws))
    assert parts.worker.counts["retried"] == 1
    assert len(fired(aws)) == 1


def test_what_cannot_be_judged_keeps_no_event_from_being_stored(aws: Aws, monkeypatch: pytest.MonkeyPatch):
    set_rules(aws, RULE)

    def broken(*_args: Any) -> None:
        raise ValueError("a rule nobody thought of")

    monkeypatch.setattr("ingest.alerting.of_attempts", broken)
    working.send(aws, a_failure())
    with working.working(aws) as parts:
        working.until(lambda: working.empty(aws))
    assert len(working.attempts(aws, "mira-us-west-2", "authn")) == 1
    assert (parts.worker.counts["refused"], fired(aws)) == (0, [])


@contextmanager
def cut_after(book: AlertBook, writes: int) -> Iterator[None]:
    """The book's writes fail after so many."""
    put, left = book._dynamo.put, iter(range(writes))

    def failing(*args: Any, **more: Any) -> bool:
        if next(left, None) is None:
            raise Unavailable("cut off")
        return put(*args, **more)

    book._dynamo.put = failing  # type: ignore[method-assign]
    try:
        yield
    finally:
        book._dynamo.put = put  # type: ignore[method-assign]


@pytest.mark.parametrize("writes", [0, 1, 2, 3, 4])
def test_an_alert_cut_off_anywhere_is_whole_once_it_is_fired_again(aws: Aws, receiver: Receiver, writes: int):
    book = AlertBook(aws.dynamodb, aws.tables)
    alert = a_test(AlertRule(rule_id="r", name="R", to=("pager", "other")), ago(minutes=1), "ada")
    with cut_after(book, writes):
        try:
            book.fire(alert, ago(minutes=1))
        except Unavailable:
            assert writes < 4
    book.fire(alert, ago(seconds=1))
    assert len(fired(aws)) == 1
    assert sorted(due.channel for due in book.due(ago())) == ["other", "pager"]
    sender(aws, pager(receiver)).try_round()
    book.fire(alert, ago())
    assert [due.channel for due in book.due("9")] == ["other"]


def test_what_does_not_arrive_is_pending_with_its_reason_and_tried_again_for_a_day(aws: Aws, receiver: Receiver):
    set_rules(aws, RULE)
    book = AlertBook(aws.dynamodb, aws.tables)
    book.fire(a_test(RULE, ago(), "ada"), ago())
    receiver.answer = 503
    assert sender(aws, pager(receiver)).try_round() == 0
    assert sender(aws, pager(receiver)).try_round() == 0  # not due yet
    (said,) = fired(aws)[0].channels.values()
    assert (said.state, said.tries, said.reason) == (Sent.PENDING, 1, "answered 503: no_service")
    receiver.answer = 204
    assert sender(aws, pager(receiver), late=timedelta(minutes=1)).try_round() == 1
    assert fired(aws)[0].channels["pager"].state is Sent.DELIVERED
    assert receiver.got[0][1]["webhook-id"] == receiver.got[1][1]["webhook-id"]


def test_what_cannot_be_sent_for_a_day_is_given_up_and_says_so(aws: Aws):
    book = AlertBook(aws.dynamodb, aws.tables)
    book.fire(a_test(RULE, ago(), "ada"), ago())
    assert sender(aws, late=timedelta(seconds=GIVEN_UP_AFTER_SECONDS + 60)).try_round() == 0
    (said,) = fired(aws)[0].channels.values()
    assert said.state is Sent.GIVEN_UP
    assert said.reason == "ALERT_CHANNELS of the worker has no channel of this name"
    assert book.due("9") == []


def test_two_workers_do_not_send_the_same_at_once(aws: Aws):
    book = AlertBook(aws.dynamodb, aws.tables)
    book.fire(a_test(RULE, ago(), "ada"), ago())
    (due,) = book.due(ago())
    assert (book.take(due, ago()), book.take(due, ago())) == (True, False)


def test_a_redirect_is_not_followed_and_an_address_without_tls_is_for_this_machine_alone(receiver: Receiver):
    receiver.answer = 302
    with pytest.raises(NotPosted, match="answered 302"):
        post(receiver.url, Letter(b"{}", {}))
    assert len(receiver.got) == 1
    with pytest.raises(NotPosted, match="is not https"):
        post("http://203.0.113.9/x", Letter(b"{}", {}))
    with pytest.raises(NotPosted, match="not allowed"):
        post("https://169.254.169.254/latest", Letter(b"{}", {}))


def test_senders_words_are_plain_text_in_slack():
    alert = a_test(AlertRule(rule_id="r", name="<!channel> & *us*", to=("ops",)), ago(), "ada\n<b>")
    text = slack_text(alert, None)
    assert "<" not in text
    assert "&lt;!channel&gt; &amp; ∗us∗" in text
    made = letter(alert, Channel("ops", "slack", "https://hooks.example.com/x"), "https://d.example.com", 1)
    assert json.loads(made.body)["text"].endswith("<https://d.example.com/alerts|Open in the dashboard>")
    assert "webhook-signature" not in made.headers


def test_those_who_see_less_see_fewer_alerts(aws: Aws):
    set_rules(aws, RULE)
    working.send(aws, a_failure())
    with working.working(aws):
        working.until(lambda: bool(fired(aws)))
        working.until(lambda: working.empty(aws))
    AlertBook(aws.dynamodb, aws.tables).fire(a_test(RULE, ago(), "ada"), ago())
    assert len(fired(aws)) == 2
    assert len(fired(aws, Scope(services=frozenset({"authn"})))) == 1
    assert fired(aws, Scope(services=frozenset({"billing"}))) == []


def test_the_list_goes_on_where_the_page_ended(aws: Aws):
    book = AlertBook(aws.dynamodb, aws.tables)
    for second in range(5):
        book.fire(a_test(RULE, ago(seconds=second), "ada"), ago(seconds=second))
    first = book.page(EVERYTHING, CURSORS, 3)
    rest = book.page(EVERYTHING, CURSORS, 3, cursor=first.cursor)
    assert [len(first.items), len(rest.items), rest.cursor] == [3, 2, None]
    moments = [one.fired_at for one in (*first.items, *rest.items)]
    assert moments == sorted(moments, reverse=True)


def test_two_sources_that_contradict_each_other_are_noted_until_they_agree(aws: Aws):
    notes = DisagreementNotes(aws.dynamodb, aws.tables)
    working.send(aws, a_failure(), a_failure(status="SUCCESS") | {"source": "argocd"})
    with working.working(aws):
        working.until(lambda: bool(notes.newest(EVERYTHING)))
        working.until(lambda: working.empty(aws))
        (noted,) = notes.newest(EVERYTHING)
        assert noted.attempt_id == "mira-us-west-2:authn:3.4.3:1"
        assert dict(noted.disagreements[0].said) == {"argocd": "SUCCESS", "github-actions": "FAILED"}
        assert notes.newest(Scope(clusters=frozenset({"pavo"}))) == []
        working.send(aws, a_failure(status="SUCCESS", eventTime=ago()))
        working.until(lambda: notes.newest(EVERYTHING) == [])


def watch(aws: Aws, rules: tuple[AlertRule, ...], failed: int, silent: list[Silence], number: int = 0) -> AlertWatch:
    rows = [
        attempt(
            to_instant(NOW - timedelta(hours=2)), n=str(n), status=Status.FAILED if n < failed else Status.SUCCESS
        )
        for n in range(20)
    ]
    held = generation(rows, catalog=Catalog(CATALOG.clusters, CATALOG.services, alerts=rules))
    book = AlertBook(aws.dynamodb, aws.tables)
    return AlertWatch(book, lambda: held, lambda: silent, lambda: NOW + timedelta(seconds=number))


def test_a_metric_fires_once_until_it_is_over_whoever_watches(aws: Aws):
    rule = AlertRule(
        rule_id="rate", name="Success", to=("ops",), metric=AlertMetric.ATTEMPT_SUCCESS_RATE, below=80.0, clear=90.0
    )
    looks = [watch(aws, (rule,), failed, [], n).try_look() for n, failed in enumerate([2, 6, 6, 3, 1, 1, 6])]
    assert looks == [0, 1, 0, 0, 1, 0, 1]
    titles = [one.alert.title for one in fired(aws)]
    assert titles[::-1] == [
        "Success: Attempt success rate at 70.0 %", "Success: Attempt success rate back at 95.0 %",
        "Success: Attempt success rate at 70.0 %",
    ]  # fmt: skip
    assert fired(aws)[0].alert.path == "/analytics?range=7d"


def test_a_metric_of_each_service_fires_and_is_over_for_each_by_itself(aws: Aws):
    rule = AlertRule(
        rule_id="each", name="Each", to=("ops",), metric=AlertMetric.FAILED_ATTEMPT_RATE, above=50.0, clear=20.0,
        per_service=True,
    )  # fmt: skip

    def look(number: int, **failed: int) -> int:
        rows = [
            attempt(to_instant(NOW - timedelta(hours=2)), n=str(n), service_id=service,
                    status=Status.FAILED if n < of else Status.SUCCESS)
            for service, of in failed.items() for n in range(10)
        ]  # fmt: skip
        held = generation(rows, catalog=Catalog(CATALOG.clusters, CATALOG.services, alerts=(rule,)))
        book = AlertBook(aws.dynamodb, aws.tables)
        return AlertWatch(book, lambda: held, lambda: [], lambda: NOW + timedelta(seconds=number)).try_look()

    assert look(0, authn=6, billing=1) == 1
    assert look(1, authn=6, billing=7) == 1
    assert look(2, authn=4, billing=7) == 0  # no longer above, but not clear yet
    assert look(3, authn=1, billing=7) == 1
    assert [(one.alert.kind, one.alert.service_id) for one in fired(aws)][::-1] == [
        ("metric", "authn"), ("metric", "billing"), ("metric_cleared", "authn"),
    ]  # fmt: skip
    assert fired(aws)[0].alert.title == "Each: Failed attempts of Authentication back at 10.0 %"
    assert fired(aws)[0].alert.path == "/analytics?service=authn&range=7d"


def test_a_silent_source_fires_once_a_silence(aws: Aws):
    rule = AlertRule(rule_id="quiet", name="Quiet", to=("ops",), on=AlertEvent.SOURCE_SILENT)
    quiet = Silence("ci", "2026-02-24T01:00:00.000Z", 39_600.0, 40, 3600.0, 7200.0)
    loud = Silence("argocd", "2026-02-24T11:00:00.000Z", 3600.0, 40, 3600.0, 7200.0)
    unknown = Silence("new", "2026-02-20T11:00:00.000Z", 300_000.0, 3, None, None)
    looks = [watch(aws, (rule,), 0, [quiet, loud, unknown], n).try_look() for n in range(2)]
    assert looks == [1, 0]
    assert fired(aws)[0].alert.title == "ci is silent since 2026-02-24 01:00 UTC"


def test_the_tables_being_away_stops_neither_sending_nor_watching_for_good(aws: Aws):
    nowhere = AlertBook(aws.dynamodb, TableNames(events="no-such-table"))
    assert AlertSender(nowhere, (), lambda: NOW).try_round() == 0
