"""The catalog people set (clusters, services, suites, who opens attempts): its table and its loader.

`python -m data.catalog load [FILE] [--dry-run]` brings the table to what the file says. Web processes hear of
each change through a CHANGE entry in the read model.
"""

import argparse
import sys
from collections.abc import Callable, Collection, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from data import aws, catalog_entries, keys
from data.catalog_entries import CLUSTER, KINDS, SERVICE, Body, Change, Key
from data.catalog_file import CatalogFileError, read_catalog_file
from data.catalog_models import Catalog
from data.errors import Conflict, Unavailable
from data.instants import to_instant
from data.tables import TTL_ATTRIBUTE, TableNames

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

TRIES = 5
CHANGE_KEPT = timedelta(days=1)
CATALOG_CHANGED = "catalog"


def _utc_now() -> datetime:
    return datetime.now(UTC)


class CatalogStore:
    """The catalog's table. Every write is conditional, so that two writers cannot undo each other unseen."""

    def __init__(
        self, client: "DynamoDBClient", tables: TableNames, clock: Callable[[], datetime] = _utc_now
    ) -> None:
        self._client = client
        self._tables = tables
        self._clock = clock

    @aws.unavailable_if_away
    def load(self) -> Catalog:
        """The whole catalog: one Query per kind of entry."""
        return catalog_entries.to_catalog(self._entries())

    @aws.unavailable_if_away
    def register_unconfirmed(self, clusters: Collection[str], services: Collection[str]) -> None:
        """Enter clusters and services nobody described yet; those already known stay as they are."""
        bare = {(CLUSTER, one): catalog_entries.unconfirmed_cluster(one) for one in sorted(clusters)}
        bare |= {(SERVICE, one): catalog_entries.unconfirmed_service(one) for one in sorted(services)}
        written = [self._write(Change(key, None, body)) for key, body in bare.items()]
        if any(written):
            self._announce()

    @aws.unavailable_if_away
    def pending(self, wanted: Catalog) -> list[Change]:
        """What would have to be written for the table to say what `wanted` says."""
        return catalog_entries.changes(self._entries(), catalog_entries.entries(wanted))

    @aws.unavailable_if_away
    def save(self, wanted: Catalog) -> list[Change]:
        """Make the table say what `wanted` says (it wins over the table); what was written.

        Conflict where other writers kept changing the same entries.
        """
        written: list[Change] = []
        for _ in range(TRIES):
            due = catalog_entries.changes(self._entries(), catalog_entries.entries(wanted))
            done = [change for change in due if self._write(change)]
            written += done
            if len(done) == len(due):
                break
        else:
            raise Conflict("the catalog kept changing while it was loaded; load it again")
        if written:
            self._announce()
        return written

    def _entries(self) -> dict[Key, Body]:
        pages = self._client.get_paginator("query")
        return dict(
            catalog_entries.from_item(item)
            for kind in KINDS
            for page in pages.paginate(
                TableName=self._tables.catalog,
                KeyConditionExpression="pk = :kind",
                ExpressionAttributeValues={":kind": {"S": kind}},
                ConsistentRead=True,
            )
            for item in page["Items"]
        )

    def _write(self, change: Change) -> bool:
        """Whether the entry was still as `change` expects it, and is now as it wants it."""
        condition, values = "attribute_not_exists(pk)", {}
        if change.before is not None:
            condition, values = "body = :before", {":before": {"S": catalog_entries.to_text(change.before)}}
        request: dict[str, object] = {"TableName": self._tables.catalog, "ConditionExpression": condition}
        if values:
            request["ExpressionAttributeValues"] = values
        try:
            if change.after is None:
                key = {"pk": {"S": change.key[0]}, "sk": {"S": change.key[1]}}
                self._client.delete_item(Key=key, **request)  # type: ignore[arg-type]  # built above
            else:
                item = catalog_entries.to_item(change.key, change.after)
                self._client.put_item(Item=item, **request)  # type: ignore[arg-type]
        except self._client.exceptions.ConditionalCheckFailedException:
            return False
        return True

    def _announce(self) -> None:
        """Tell the web processes, after the write: who reads the entry then also reads what was written."""
        now = self._clock()
        instant = to_instant(now)
        self._client.put_item(
            TableName=self._tables.read_model,
            Item={
                "pk": {"S": keys.change_pk(instant[:16])},
                "sk": {"S": f"{instant}#{CATALOG_CHANGED}"},
                TTL_ATTRIBUTE: {"N": str(int((now + CHANGE_KEPT).timestamp()))},
            },
        )


def main(arguments: Sequence[str] | None = None) -> int:
    """`python -m data.catalog load`: exit 0 when done, 1 when AWS is away, 2 when the input is wrong."""
    from settings import Settings, SettingsError

    parser = argparse.ArgumentParser(prog="python -m data.catalog", description="Load the catalog's file.")
    parser.add_argument("action", choices=("load",))
    parser.add_argument("file", nargs="?", type=Path, help="default: CATALOG_FILE, else catalog.yaml")
    parser.add_argument("--dry-run", action="store_true", help="show what would change and write nothing")
    chosen = parser.parse_args(arguments)
    try:
        settings = Settings.from_env()
        wanted = read_catalog_file(chosen.file or settings.catalog_file)
    except (SettingsError, CatalogFileError) as error:
        print(error, file=sys.stderr)
        return 2
    client = aws.dynamodb(settings.aws_endpoint_url, settings.aws_region, role="worker")
    try:
        show_and_save(CatalogStore(client, settings.tables), wanted, dry_run=chosen.dry_run)
    except (Unavailable, Conflict) as error:
        print(f"The catalog could not be loaded: {error}", file=sys.stderr)
        return 1
    return 0


def show_and_save(store: CatalogStore, wanted: Catalog, *, dry_run: bool) -> None:
    """Print each difference between the table and `wanted`, and write them unless it is a dry run."""
    written = store.pending(wanted) if dry_run else store.save(wanted)
    for change in written:
        print(catalog_entries.describe(change))
    what = "would change" if dry_run else "changed"
    said = f"{len(wanted.clusters)} clusters, {len(wanted.services)} services, {len(wanted.suites)} suites"
    print(f"{said}: {len(written)} entries {what}.")


if __name__ == "__main__":
    sys.exit(main())
