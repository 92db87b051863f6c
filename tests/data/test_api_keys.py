"""API keys in their table: made, listed, revoked; of a key itself nothing is kept."""

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from data.api_key_models import ApiKey, KeyScope, digest_of, id_in
from data.api_keys import ApiKeys, described, made
from data.catalog import CatalogStore
from data.errors import NotFound, Unavailable
from data.instants import to_instant
from ingest.known_keys import REFRESH_SECONDS, RETRY_SECONDS, KnownKeys
from tests.conftest import Aws
from tests.read_model import CATALOG

NOW = datetime(2026, 2, 24, 12, 0, tzinfo=UTC)
ROOT = Path(__file__).resolve().parents[2]


def test_a_key_comes_back_as_it_was_made_and_only_its_digest_is_kept(aws: Aws):
    store = ApiKeys(aws.dynamodb, aws.tables)
    kept, shown = made("ci", [KeyScope.INGEST], NOW, source="jenkins", clusters=["a", "b"], services=["c"], days=3)
    free, _ = made("all", list(KeyScope), NOW + timedelta(seconds=1))
    store.put(kept)
    store.put(free)
    assert store.all() == [kept, free]
    assert (id_in(shown), digest_of(shown)) == (kept.key_id, kept.digest)
    stored = json.dumps(aws.dynamodb.scan(TableName=aws.tables.catalog)["Items"])
    assert shown not in stored and shown.rsplit("_", 1)[1] not in stored and kept.digest in stored


def test_keys_are_no_part_of_the_catalog_and_loading_it_leaves_them(aws: Aws):
    store, catalog = ApiKeys(aws.dynamodb, aws.tables), CatalogStore(aws.dynamodb, aws.tables, lambda: NOW)
    kept, _ = made("ci", [KeyScope.INGEST], NOW)
    store.put(kept)
    catalog.save(CATALOG)
    assert catalog.pending(CATALOG) == []
    assert {one.cluster_id for one in catalog.load().clusters} == {one.cluster_id for one in CATALOG.clusters}
    assert store.all() == [kept]


def test_a_revoked_key_stays_listed_as_revoked_since_when(aws: Aws):
    store = ApiKeys(aws.dynamodb, aws.tables)
    kept, _ = made("ci", [KeyScope.READ], NOW)
    store.put(kept)
    assert store.revoke(kept.key_id, NOW).revoked_at == to_instant(NOW)
    later = store.revoke(kept.key_id, NOW + timedelta(hours=1))
    assert later.revoked_at == to_instant(NOW) and not later.lives(to_instant(NOW))
    assert "revoked 2026-02-24" in described(store.all()[0], NOW)
    with pytest.raises(NotFound):
        store.revoke("nobody", NOW)


def test_no_two_keys_are_alike():
    shown = {made("x", [KeyScope.INGEST], NOW)[1] for _ in range(50)}
    assert len(shown) == 50


def test_the_command_shows_a_key_once_and_revokes_it(aws: Aws):
    """S10."""

    def run(*arguments: str) -> "subprocess.CompletedProcess[str]":
        command = [sys.executable, "-m", "data.api_keys", *arguments]
        return subprocess.run(
            command, cwd=ROOT, env=aws.environment(), capture_output=True, text=True, timeout=60, check=False
        )

    created = run("create", "a pipeline", "--scope", "ingest", "--cluster", "mira-us-west-2", "--days", "90")
    assert created.returncode == 0, created.stderr
    shown = created.stdout.strip()
    key_id = id_in(shown)
    assert key_id is not None
    listed = run("list")
    assert key_id in listed.stdout and "cluster mira-us-west-2" in listed.stdout
    assert shown not in listed.stdout + listed.stderr + created.stderr
    assert "revoked" in run("revoke", key_id).stdout
    assert run("revoke", "a" * 12).returncode == 1
    assert run("create", "x", "--scope", "everything").returncode == 2
    assert run("create", "x", "--scope", "ingest", "--cluster", "A B").returncode == 2


class Table:
    """A table of keys that may be away, and the time."""

    def __init__(self, *keys: ApiKey) -> None:
        self.keys = list(keys)
        self.away = False
        self.reads = 0
        self.now = 50.0

    def read(self) -> list[ApiKey]:
        self.reads += 1
        if self.away:
            raise Unavailable("away")
        return list(self.keys)


def test_keys_are_read_again_every_half_minute_so_that_a_revoked_one_is_dead_within_one():
    one, _ = made("x", [KeyScope.INGEST], NOW)
    table = Table(one)
    known = KnownKeys(table.read, lambda: table.now)
    for _ in range(100):
        assert known.get(one.key_id) == one
    assert table.reads == 1
    table.keys = []
    table.now += REFRESH_SECONDS
    assert known.get(one.key_id) is None
    assert REFRESH_SECONDS <= 30


def test_while_the_table_is_away_the_last_known_keys_hold_and_it_is_not_asked_each_time():
    one, _ = made("x", [KeyScope.INGEST], NOW)
    table = Table(one)
    known = KnownKeys(table.read, lambda: table.now)
    known.get(one.key_id)
    table.away, table.now = True, table.now + REFRESH_SECONDS
    for _ in range(10):
        assert known.get(one.key_id) == one
    assert table.reads == 2
    table.away, table.keys, table.now = False, [], table.now + RETRY_SECONDS
    assert known.get(one.key_id) is None


def test_keys_that_were_never_read_are_an_outage_not_a_refusal():
    table = Table()
    table.away = True
    known = KnownKeys(table.read, lambda: table.now)
    with pytest.raises(Unavailable):
        known.get("a" * 12)
    table.away, table.now = False, table.now + RETRY_SECONDS
    assert known.get("a" * 12) is None
