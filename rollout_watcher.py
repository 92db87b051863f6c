"""The rollout watcher process, wired: `python rollout_watcher.py`; ends on SIGTERM or SIGINT.

Run two for safety: both follow the cluster, the one that holds the lease sends.
"""

import logging
import os
import signal
import socket
import sys
import threading
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from types import FrameType

import logs
from data import aws
from data.catalog import CatalogStore
from ingest.known import KnownCatalog
from ingest.queue import Queue
from settings import Settings, SettingsError, process_environment
from watcher.cluster import DEPLOYMENT, ROLLOUT, Cluster, Scope, connected
from watcher.feed import WATCH_SECONDS, Feed
from watcher.lease import Election, Pace
from watcher.watch_settings import WatchSettings
from watcher.watching import Outside, Watcher

log = logging.getLogger("watcher")

STEP_SECONDS = 0.5
LEAVE_SECONDS = 10.0


def main() -> int:
    """Watch until told to stop; 0 then, 2 when the settings are wrong."""
    try:
        settings, watch = Settings.from_env(), WatchSettings.from_env(process_environment())
        settings.required_queue_url()
        cluster = connected(watch.kubeconfig)
    except (SettingsError, ValueError) as error:
        print(error, file=sys.stderr)
        return 2
    logs.configure(settings.log_level)
    stop = threading.Event()
    _stop_on_signals(stop)
    parts = wire(settings, watch, cluster)
    log.info("started", extra={"cluster": watch.cluster_name, "identity": parts.identity})
    follow(parts, watch, stop)
    log.info("ended")
    return 0


@dataclass(frozen=True, slots=True)
class Parts:
    """A watcher with what feeds it and what lets it lead."""

    identity: str
    watcher: Watcher
    election: Election
    feeds: tuple[Feed, ...]
    feeds_stop: threading.Event


def wire(
    settings: Settings,
    watch: WatchSettings,
    cluster: Cluster,
    watch_seconds: int = WATCH_SECONDS,
) -> Parts:
    """Everything a watcher consists of."""
    endpoint, region = settings.aws_endpoint_url, settings.aws_region
    queue = Queue(aws.sqs_sender(endpoint, region), settings.required_queue_url(), None)
    catalog = KnownCatalog(CatalogStore(aws.dynamodb(endpoint, region), settings.tables))
    identity = f"{socket.gethostname()}-{os.getpid()}-{uuid.uuid4().hex[:8]}"
    election = Election(cluster, watch.lease_namespace, watch.lease_name, identity, Pace(watch.lease_seconds))
    outside = Outside(cluster, watch.cluster_name, catalog.current, queue.send_ten, _utc_now)
    watcher = Watcher(outside, election, skips_system=not watch.namespaces)
    stop = threading.Event()
    scopes = [
        Scope(kind, namespace, watch.selector)
        for kind in (DEPLOYMENT, ROLLOUT)
        for namespace in (watch.namespaces or (None,))
    ]
    feeds = tuple(Feed(cluster, scope, watcher.tell, stop, watch_seconds) for scope in scopes)
    return Parts(identity, watcher, election, feeds, stop)


def follow(parts: Parts, watch: WatchSettings, stop: threading.Event) -> None:
    """Run until told to stop; then send what waits and let another lead."""
    let_go = threading.Event()
    election = threading.Thread(target=parts.election.run, args=(let_go,), name="election", daemon=True)
    # They may be waiting for the API when we are told to stop: nobody waits for them.
    feeds = [threading.Thread(target=feed.run, name=f"feed-{n}", daemon=True) for n, feed in enumerate(parts.feeds)]
    for thread in (election, *feeds):
        thread.start()
    try:
        while not stop.is_set():
            parts.watcher.step(STEP_SECONDS)
            if not all(thread.is_alive() for thread in (election, *feeds)):
                raise RuntimeError("a thread of the watcher ended")  # whoever runs us starts us anew
            if watch.heartbeat_file is not None:
                watch.heartbeat_file.touch()
        parts.watcher.deliver()
    finally:
        parts.feeds_stop.set()
        let_go.set()
        election.join(LEAVE_SECONDS)


def _stop_on_signals(stop: threading.Event) -> None:
    def ask(_signal: int, _frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, ask)
    signal.signal(signal.SIGINT, ask)


def _utc_now() -> datetime:
    return datetime.now(UTC)


if __name__ == "__main__":
    sys.exit(main())
