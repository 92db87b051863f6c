"""What the jobs, the watcher and whoever restores do, for the test of their rights: as in exercises.py."""

import itertools
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime

import scorecard_snapshot
from data import aws, rebuild
from data.apply import Applier
from data.catalog import CatalogStore
from data.catalog_models import Catalog
from data.dynamo import Change, Dynamo
from data.instants import to_instant
from data.tables import ARCHIVE_BUCKET
from ingest import dlq, replay
from ingest.archive import Archive
from ingest.archived import Archived, Span
from ingest.known import KnownCatalog
from ingest.queue import Queue
from tests.terraform.account import Account
from tests.terraform.exercises import ADMIN, Exercise, ago, deployed, read_secret, set_aside, settings

_hours = itertools.count(1)


class Snapshot:
    """The daily score card."""

    def __init__(self, account: Account) -> None:
        self._account = account

    def exercises(self) -> Mapping[str, Exercise]:
        return {
            "keep the day": lambda: scorecard_snapshot.run(
                scorecard_snapshot.wire(settings(self._account)), backfill=1
            ),
            "a digest that is not taken": self._tell,
            "read the secret": lambda: read_secret(self._account),
        }

    def _tell(self) -> None:
        parts = scorecard_snapshot.wire(settings(self._account))
        snapshots = parts.snapshots
        week = f"2026-W{next(_hours):02}"
        if snapshots.begin_digest(week):
            snapshots.give_up_digest(week)
        snapshots.card(ago(days=8)[:10])
        scorecard_snapshot.run(replace(parts, files=None))


class Operator:
    """The daily try of what was set aside, and the check of the read model."""

    def __init__(self, account: Account) -> None:
        self._account = account

    def exercises(self) -> Mapping[str, Exercise]:
        return {
            "retry": self._retry,
            "rebuild --check": self._check,
            "load the catalog": self._load,
            "read the secret": lambda: read_secret(self._account),
        }

    def _retry(self) -> None:
        set_aside(self._account)
        dlq.act(dlq.desk_of(settings(self._account)), "retry", "", ADMIN, None)

    def _check(self) -> None:
        own = settings(self._account)
        client = aws.dynamodb(own.aws_endpoint_url, own.aws_region, role="worker")
        rebuild.check(Dynamo(client), own.tables, own.retention_days, lambda: datetime.now(UTC))

    def _load(self) -> None:
        """A rule is entered and taken out again, as two loads of the file would."""
        own = settings(self._account)
        store = CatalogStore(aws.dynamodb(own.aws_endpoint_url, own.aws_region, role="worker"), own.tables)
        found = store.load()
        store.save(replace(found, alerts=(*found.alerts, replace(found.alerts[0], rule_id=f"new-{next(_hours)}"))))
        store.save(found)


class Watcher:
    """Of AWS the watcher wants the catalog's names and the queue."""

    def __init__(self, account: Account) -> None:
        self._account = account

    def exercises(self) -> Mapping[str, Exercise]:
        return {"tell of a rollout": self._tell, "read the secret": lambda: read_secret(self._account)}

    def _tell(self) -> None:
        own = settings(self._account)
        KnownCatalog(CatalogStore(aws.dynamodb(own.aws_endpoint_url, own.aws_region), own.tables)).current()
        queue = Queue(aws.sqs_sender(own.aws_endpoint_url, own.aws_region), str(own.queue_url), None)
        queue.send_ten([str(deployed())])


class Restore:
    """The archive brought in again and the read model recomputed, with the worker's rights and these."""

    def __init__(self, account: Account) -> None:
        self._account = account

    def exercises(self) -> Mapping[str, Exercise]:
        return {"replay the archive": self._replay, "rebuild": self._rebuild}

    def _replay(self) -> None:
        own = settings(self._account)
        for table in (own.tables.attempts, own.tables.test_runs):
            _empty(Dynamo(self._account.aws.dynamodb), table)
        client = aws.dynamodb(own.aws_endpoint_url, own.aws_region, role="bulk")
        archive = Archive(aws.s3(own.aws_endpoint_url, own.aws_region), ARCHIVE_BUCKET)

        def read(catalog: Catalog) -> Archived:
            return Archived(
                archive,
                catalog,
                own.retention_days,
                Span.parse(ago(days=1)[:10], ago()[:10]),
                say=_quiet,
                complain=_quiet,
            )

        again = replay.Replay(client, own.tables, own.retention_days, _quiet)
        replay.replay_archive(again, read, dry_run=False, say=_quiet)

    def _rebuild(self) -> None:
        own = settings(self._account)
        client = aws.dynamodb(own.aws_endpoint_url, own.aws_region, role="worker")
        applier = Applier(client, own.tables, Catalog, own.retention_days, lambda: datetime.now(UTC))
        rebuild.rebuild(Dynamo(client), own.tables, own.retention_days, applier, to_instant(datetime.now(UTC)))


def _empty(owner: Dynamo, table: str) -> None:
    owner.write([Change(table, item["pk"]["S"], item["sk"]["S"]) for item in owner.scan(table)])


def _quiet(line: str) -> None:
    """What a person would read."""
