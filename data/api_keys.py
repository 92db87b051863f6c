"""API keys: made, listed and revoked here; of each the table holds a digest, and the key itself is shown once.

`python -m data.api_keys create NAME --scope ingest [--source S] [--cluster C]… [--service S]… [--days N]`, `list`,
`revoke ID`. Whoever checks keys reads them anew every half minute, so that a revoked one is dead within a minute.
"""

import argparse
import secrets
import string
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import orjson

from data import aws, keys
from data.api_key_models import ApiKey, KeyScope, digest_of, token
from data.errors import NotFound, Unavailable
from data.instants import to_instant
from data.tables import TableNames

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

KIND = "APIKEY"
ID_LETTERS = string.ascii_lowercase + string.digits
ID_LENGTH = 12
SECRET_BYTES = 32  # 43 characters of base64


class ApiKeys:
    """The keys in the catalog's table."""

    def __init__(self, client: "DynamoDBClient", tables: TableNames) -> None:
        self._client = client
        self._table = tables.catalog

    @aws.unavailable_if_away
    def all(self) -> list[ApiKey]:
        """Every key, dead ones too, the oldest first."""
        pages = self._client.get_paginator("query").paginate(
            TableName=self._table,
            KeyConditionExpression="pk = :kind",
            ExpressionAttributeValues={":kind": {"S": KIND}},
            ConsistentRead=True,
        )
        found = [_from_item(item) for page in pages for item in page["Items"]]
        return sorted(found, key=lambda key: (key.created_at, key.key_id))

    @aws.unavailable_if_away
    def put(self, key: ApiKey) -> None:
        """Keep a new key."""
        self._client.put_item(
            TableName=self._table, Item=_to_item(key), ConditionExpression="attribute_not_exists(pk)"
        )

    @aws.unavailable_if_away
    def revoke(self, key_id: str, now: datetime) -> ApiKey:
        """The key, dead from now on; NotFound where there is none of that id."""
        found = next((key for key in self.all() if key.key_id == key_id), None)
        if found is None:
            raise NotFound(f"there is no key {key_id[:64]}")
        if found.revoked_at is None:
            found = replace(found, revoked_at=to_instant(now))
            self._client.put_item(TableName=self._table, Item=_to_item(found))
        return found


def made(
    name: str,
    scopes: Iterable[KeyScope],
    now: datetime,
    *,
    source: str | None = None,
    clusters: Iterable[str] | None = None,
    services: Iterable[str] | None = None,
    days: int | None = None,
    random: Callable[[int], str] = secrets.token_urlsafe,
) -> tuple[ApiKey, str]:
    """A new key: what is kept of it, and the key itself, which is kept nowhere."""
    key_id = "".join(secrets.choice(ID_LETTERS) for _ in range(ID_LENGTH))
    shown = token(key_id, random(SECRET_BYTES))
    ends = None if days is None else to_instant(now + timedelta(days=days))
    bounds = source, _bound(clusters), _bound(services)
    return ApiKey(key_id, name, digest_of(shown), frozenset(scopes), to_instant(now), *bounds, ends), shown


def _bound(named: Iterable[str] | None) -> frozenset[str] | None:
    return frozenset(named) if named else None


def _to_item(key: ApiKey) -> dict[str, Any]:
    body = {
        "name": key.name, "digest": key.digest, "scopes": sorted(key.scopes), "createdAt": key.created_at,
        "source": key.source, "clusters": _listed(key.clusters), "services": _listed(key.services),
        "notAfter": key.not_after, "revokedAt": key.revoked_at,
    }  # fmt: skip
    return {"pk": {"S": KIND}, "sk": {"S": key.key_id}, "body": {"S": orjson.dumps(body).decode()}}


def _listed(names: frozenset[str] | None) -> list[str] | None:
    return None if names is None else sorted(names)


def _from_item(item: Any) -> ApiKey:
    body = orjson.loads(item["body"]["S"])
    return ApiKey(
        item["sk"]["S"], body["name"], body["digest"], frozenset(map(KeyScope, body["scopes"])), body["createdAt"],
        body["source"], _bound_as_kept(body["clusters"]), _bound_as_kept(body["services"]), body["notAfter"],
        body["revokedAt"],
    )  # fmt: skip


def _bound_as_kept(names: list[str] | None) -> frozenset[str] | None:
    """An empty list bars everything; only null is no bound."""
    return None if names is None else frozenset(names)


def described(key: ApiKey, now: datetime) -> str:
    """A key as one line, without anything that would open a door."""
    bounds = [f"source {key.source}"] if key.source else []
    bounds += [f"cluster {one}" for one in _listed(key.clusters) or ()]
    bounds += [f"service {one}" for one in _listed(key.services) or ()]
    if key.revoked_at is not None:
        state = f"revoked {key.revoked_at}"
    elif not key.lives(to_instant(now)):
        state = f"ended {key.not_after}"
    else:
        state = f"until {key.not_after}" if key.not_after else "without end"
    scopes = ",".join(sorted(key.scopes))
    return "  ".join((key.key_id, state, scopes, ", ".join(bounds) or "any source and cluster", key.name))


def main(arguments: Sequence[str] | None = None) -> int:
    """`python -m data.api_keys`: exit 0 when done, 1 when AWS is away or the key unknown, 2 on wrong input."""
    from settings import Settings, SettingsError

    chosen = _parser().parse_args(arguments)
    try:
        settings = Settings.from_env()
    except SettingsError as error:
        print(error, file=sys.stderr)
        return 2
    store = ApiKeys(aws.dynamodb(settings.aws_endpoint_url, settings.aws_region, role="worker"), settings.tables)
    try:
        act(store, chosen, datetime.now(UTC))
    except (Unavailable, NotFound) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def act(store: ApiKeys, chosen: argparse.Namespace, now: datetime) -> None:
    """Do what was asked, and say it."""
    if chosen.action == "list":
        for key in store.all():
            print(described(key, now))
    elif chosen.action == "revoke":
        print(described(store.revoke(chosen.key_id, now), now))
    else:
        kept, shown = made(
            chosen.name, map(KeyScope, chosen.scope), now, source=chosen.source, clusters=chosen.cluster,
            services=chosen.service, days=chosen.days,
        )  # fmt: skip
        store.put(kept)
        print(described(kept, now), file=sys.stderr)
        print("The key, shown this once:", file=sys.stderr)
        print(shown)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m data.api_keys", description="Make, list and revoke API keys.")
    actions = parser.add_subparsers(dest="action", required=True)
    create = actions.add_parser("create", help="make a key and show it once")
    create.add_argument("name", type=_name, help="what it is for, in words")
    create.add_argument("--scope", action="append", required=True, choices=[one.value for one in KeyScope])
    create.add_argument("--source", type=_id, help="the only source its events may have")
    create.add_argument("--cluster", type=_id, action="append", help="a cluster it may speak of (default: any)")
    create.add_argument("--service", type=_id, action="append", help="a service it may speak of (default: any)")
    create.add_argument("--days", type=_days, help="how long it lives (default: until revoked)")
    actions.add_parser("list", help="every key, without the keys themselves")
    revoke = actions.add_parser("revoke", help="end a key now")
    revoke.add_argument("key_id", help="the twelve characters behind dqd_")
    return parser


def _name(text: str) -> str:
    if not text.isprintable() or not 0 < len(text) <= 100:
        raise argparse.ArgumentTypeError("must be 1 to 100 printable characters")
    return text


def _id(text: str) -> str:
    if not keys.ID.fullmatch(text):
        raise argparse.ArgumentTypeError("must be lower-case letters, digits and . _ -")
    return text


def _days(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= 3650):
        raise argparse.ArgumentTypeError("must be a whole number of days from 1 to 3650")
    return int(text)


if __name__ == "__main__":
    sys.exit(main())
