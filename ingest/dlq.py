"""`python -m ingest.dlq`: the quarantine from a shell, and the daily job that tries again what only met an outage."""

import argparse
import getpass
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from data import aws
from data.catalog import CatalogStore
from data.cursors import Cursors
from data.errors import DashboardError
from ingest.deliveries import Deliveries
from ingest.quarantine_records import Quarantined, State
from ingest.quarantined import QuarantineDesk, Replayed
from ingest.queue import Queue

if TYPE_CHECKING:
    from settings import Settings

DAILY = "daily job"
ACTIONS = {
    "list": "the newest records, one a line",
    "show": "a record with its body",
    "retry": "send again what failed for a passing reason (the daily job)",
    "replay": "send one message again, or with 'all' every open one",
    "discard": "give one message up",
    "sweep": "take from the dead-letter queue what is settled already",
}


def desk_of(settings: "Settings") -> QuarantineDesk:
    """The desk on the settings' tables and queues."""
    endpoint, region = settings.aws_endpoint_url, settings.aws_region
    client = aws.dynamodb(endpoint, region)
    catalog = CatalogStore(client, settings.tables)
    queue = Queue(aws.sqs(endpoint, region), settings.required_queue_url(), settings.required_dlq_url())
    return QuarantineDesk(
        Deliveries(client, settings.tables), queue, Cursors(settings.cursor_secret),
        lambda: catalog.load().suites, lambda: datetime.now(UTC),
    )  # fmt: skip


def act(desk: QuarantineDesk, action: str, record_id: str, by: str, state: State | None) -> list[str]:
    """Do it; lines that say what came of it."""
    if action == "list":
        return [row(record) for record in desk.page(limit=100, state=state).items] or ["Nothing is in quarantine."]
    if action == "show":
        record = desk.get(record_id)
        return [row(record), "", record.body]
    if action == "retry":
        return _said(desk.retry(by)) + _swept(desk)
    if action == "replay" and record_id == "all":
        return _said(desk.replay_all(by))
    if action == "replay":
        return [f"sent again: {desk.replay(record_id, by).id}"]
    if action == "discard":
        return [f"discarded: {desk.discard(record_id, by).id}"]
    return _swept(desk)


def row(record: Quarantined) -> str:
    """A record on one line."""
    state = record.state.value if record.final else "last try"
    passing = "passing" if record.passing else "lasting"
    reason = " ".join(record.reason.split())[:120]
    return f"{record.id}  {state:9}  {passing}  {record.source or '-':20}  {reason}"


def _said(replayed: Replayed) -> list[str]:
    lines = [f"{replayed.sent:,} sent again, {len(replayed.refused):,} could still not be read"]
    lines += [f"{record_id}: {reason}" for record_id, reason in replayed.refused]
    return lines + (["There is more: run it again."] if replayed.more else [])


def _swept(desk: QuarantineDesk) -> list[str]:
    looked = desk.sweep()
    line = f"{looked.removed:,} taken from the dead-letter queue, {looked.left:,} left there"
    return [line if looked.whole else f"{line}; it was not looked through: run it again"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit 0 when done, 1 when it could not be, 2 when the input is wrong."""
    from settings import Settings, SettingsError

    parser = argparse.ArgumentParser(
        prog="python -m ingest.dlq", description="Messages that could not be stored.",
        epilog="; ".join(f"{name}: {what}" for name, what in ACTIONS.items()),
    )  # fmt: skip
    parser.add_argument("action", choices=ACTIONS)
    parser.add_argument("id", nargs="?", default="", help="a record's id, as list prints it; for replay also 'all'")
    parser.add_argument("--by", help="who does it, for the audit (default: who is signed in, or the daily job)")
    parser.add_argument("--state", choices=[state.value for state in State], help="list only these")
    chosen = parser.parse_args(arguments)
    if (chosen.action in ("show", "replay", "discard")) != bool(chosen.id):
        parser.error("show, replay and discard want an id, the others none")
    try:
        desk = desk_of(Settings.from_env())
    except SettingsError as error:
        print(error, file=sys.stderr)
        return 2
    by = chosen.by or (DAILY if chosen.action == "retry" else getpass.getuser())
    state = State(chosen.state) if chosen.state else None
    try:
        for line in act(desk, chosen.action, chosen.id, by, state):
            print(line)
    except DashboardError as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
