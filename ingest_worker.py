"""The worker process, wired: queue in, tables out. `python ingest_worker.py`; ends on SIGTERM or SIGINT."""

import logging
import os
import signal
import socket
import sys
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from types import FrameType
from typing import Any

import logs
from data import aws
from data.alert_book import AlertBook
from data.apply import Applier
from data.catalog import CatalogStore
from data.disagreement_notes import DisagreementNotes
from ingest.alert_sending import AlertSender
from ingest.alerting import Alerting
from ingest.archive import Archive
from ingest.deliveries import Deliveries
from ingest.fanout import Bus
from ingest.gauges import Gauges
from ingest.held import Held, Ticks
from ingest.known import KnownCatalog
from ingest.outlets import Outlets
from ingest.pulse import Pulse
from ingest.queue import Queue
from ingest.receiving import POLL_SECONDS, Intake
from ingest.storing import Storing
from ingest.verdict_book import VerdictBook
from ingest.worker import Worker
from settings import Settings, SettingsError
from telemetry import emf, tracing
from telemetry.measuring import exposition
from telemetry.serving import MetricsServer

log = logging.getLogger("worker")

# A call to AWS may hang longer than who stops us waits. Leaving loses nothing: what is not deleted comes again.
LEAVE_SECONDS = 20.0


def main() -> int:
    """Drain the queue until told to stop; 0 then, 2 when the settings are wrong."""
    try:
        settings = Settings.from_env()
        settings.required_queue_url()
        settings.required_dlq_url()
    except SettingsError as error:
        print(error, file=sys.stderr)
        return 2
    logs.configure(settings.log_level)
    stop = threading.Event()
    _stop_on_signals(stop)
    tracing.start(settings.otlp_endpoint, "deploy-dashboard-worker", settings.version)
    parts = wire(settings)
    try:
        _serve_metrics(settings, parts)
    except OSError as error:
        print(f"METRICS_PORT {settings.metrics_port} cannot be used: {error.strerror}.", file=sys.stderr)
        return 2
    log.info("started", extra={"worker": parts.worker_id})
    others = [parts.pulse, parts.sender, *_reporters(settings, parts)]
    for one in others:
        one.start()
    try:
        parts.worker.drain(stop)
    finally:
        for one in reversed(others):
            one.end()
        tracing.end()
    log.info("ended")
    return 0


@dataclass(frozen=True, slots=True)
class Parts:
    """A worker with its sign of life, what sends its alerts, and what is measured of it."""

    worker_id: str
    worker: Worker
    pulse: Pulse
    sender: AlertSender
    gauges: Gauges


def wire(settings: Settings, poll_seconds: int = POLL_SECONDS) -> Parts:
    """Everything a worker consists of, connected."""
    endpoint, region, tables = settings.aws_endpoint_url, settings.aws_region, settings.tables
    dynamodb = aws.dynamodb(endpoint, region, role="worker")
    lean = aws.dynamodb(endpoint, region, role="web")  # for what need not succeed, and must not hold anybody up
    impatient = Deliveries(lean, tables)
    queue = Queue(
        aws.sqs(endpoint, region, role="worker"),
        settings.required_queue_url(),
        settings.required_dlq_url(),
        receiver=aws.sqs_receiver(endpoint, region),
    )
    known = KnownCatalog(CatalogStore(dynamodb, tables))
    book = AlertBook(dynamodb, tables)
    sender = AlertSender(AlertBook(lean, tables), settings.alert_channels, _utc_now, address=settings.public_url)
    alerting = Alerting(book, DisagreementNotes(dynamodb, tables), known.current, _utc_now, sender.wake)
    applier = Applier(dynamodb, tables, known.current, settings.retention_days, _utc_now, told=alerting)
    held, ticks, outlets = Held(), Ticks(), _outlets(settings)
    worker = Worker(
        queue,
        Storing(applier, known, settings.retention_days),
        Deliveries(dynamodb, tables),
        held=held,
        intake=Intake(queue, held, settings.worker_threads, poll_seconds),
        ticks=ticks,
        outlets=outlets,
        book=VerdictBook(lean, tables, _utc_now, "worker"),
        probe=lambda: _probe(impatient, outlets),
        clock=_utc_now,
    )
    worker_id = f"{socket.gethostname()}-{os.getpid()}"
    pulse = Pulse(
        worker_id, impatient, ticks, _utc_now, lambda: _said(worker, held, outlets), settings.heartbeat_file
    )
    return Parts(worker_id, worker, pulse, sender, Gauges(queue, held, ticks, lambda: worker.away, _utc_now))


def _serve_metrics(settings: Settings, parts: Parts) -> None:
    """Let Prometheus read, where it is told where. OSError where the port is not free."""
    if settings.metrics_port is not None:
        parts.gauges.follow()
        MetricsServer(settings.bind_host, settings.metrics_port, exposition).start()


def _reporters(settings: Settings, parts: Parts) -> list[Gauges | emf.Reporter]:
    """The threads that look and report beside the loop, as far as somebody wants to know."""
    found: list[Gauges | emf.Reporter] = [parts.gauges] if settings.metrics_port is not None else []
    if settings.metrics_namespace is not None:
        read = emf.of_worker(parts.gauges.oldest_held)
        found.append(emf.Reporter(settings.metrics_namespace, "worker", read))
    return found


def _outlets(settings: Settings) -> Outlets:
    """The archive and the bus, where they are configured."""
    endpoint, region = settings.aws_endpoint_url, settings.aws_region
    bucket, bus = settings.archive_bucket, settings.event_bus
    archive = Archive(aws.s3(endpoint, region), bucket) if bucket else None
    return Outlets(archive, Bus(aws.events(endpoint, region), bus) if bus else None)


def _probe(deliveries: Deliveries, outlets: Outlets) -> None:
    """Unavailable as long as one of the places a delivery goes to is away."""
    deliveries.probe()
    outlets.probe()


def _said(worker: Worker, held: Held, outlets: Outlets) -> Mapping[str, Any]:
    """What a heartbeat tells of the worker."""
    mine = {"held": len(held), "oldestSentAt": held.oldest_sent_at(), "away": worker.away}
    return {**worker.counts, **mine, **outlets.named()}


def _stop_on_signals(stop: threading.Event) -> None:
    def ask(_signal: int, _frame: FrameType | None) -> None:
        stop.set()
        leave = threading.Timer(LEAVE_SECONDS, _leave)
        leave.daemon = True
        leave.start()

    signal.signal(signal.SIGTERM, ask)
    signal.signal(signal.SIGINT, ask)


def _leave() -> None:
    log.warning("left before the last call was answered; its messages come again")
    logging.shutdown()
    os._exit(0)


def _utc_now() -> datetime:
    return datetime.now(UTC)


if __name__ == "__main__":
    sys.exit(main())
