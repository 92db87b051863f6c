"""The web process, wired: Dash pages and JSON API on one Flask server, answering from one read model.

gunicorn -c gunicorn.conf.py "app:create_server()"
"""

import gc
from collections.abc import Callable, Hashable
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

from dash import Dash
from flask import Flask

import api
import logs
from components import shell
from context import EXTENSION, Parts
from data import aws
from data.alert_book import AlertBook
from data.cursors import Cursors
from data.instants import to_instant
from data.models import EVERYTHING, Scope
from data.read_model_reader import ReadModelReader
from data.refresher import ReadModel
from data.store import Store
from ingest.alert_watch import AlertWatch
from ingest.deliveries import Deliveries
from ingest.queue import Queue
from ingest.silence import WINDOW_HOURS, Silence, silences
from ingest.verdict_book import VerdictBook, Verdicts
from ingest.verdicts import Notes
from pages import ingest_lab, live
from settings import Settings
from telemetry import emf, tracing
from web import callback_bodies, compression, edge, index_page, kept_views, pages_status
from web.headers import Headers
from web.json_provider import OrjsonProvider
from web.warmup import page_views, warm_up

ROOT = Path(__file__).parent
REPORTER = "dashboard.reporter"


def create_app(
    settings: Settings,
    *,
    read_model: ReadModel,
    store: Store,
    queue: Queue | None,
    clock: Callable[[], datetime],
    scope: Callable[[], Scope] = lambda: EVERYTHING,
    verdicts: Notes | None = None,
) -> Dash:
    """The application on these parts; it connects nowhere by itself."""
    server = Flask(__name__, static_folder=None)
    server.json = OrjsonProvider(server)
    server.extensions[EXTENSION] = Parts(settings, read_model, store, queue, clock, scope, verdicts)
    edge.install(server, Headers(lambda: [*app.csp_hashes(), app.own.csp_hash]))
    compression.install(server)  # what is installed first sees an answer last
    pages_status.install(server)
    api.register(server)  # before Dash, whose pages answer every address that is left
    app = _dash(server, settings)
    live.register(app)
    ingest_lab.register(app)
    callback_bodies.install(server, app)
    with server.test_request_context("/"):
        server.preprocess_request()  # Dash's own set-up, while nobody else is asking
    kept_views.install(server, page_views(app), lambda: _state(read_model, scope))
    return app


def _state(read_model: ReadModel, scope: Callable[[], Scope]) -> Hashable | None:
    """What every view follows from, beside its address; None before there is anything to show."""
    if not read_model.loaded:
        return None
    generation = read_model.generation
    return generation.generation, generation.as_of, scope().key


def _dash(server: Flask, settings: Settings) -> index_page.OwnIndex:
    app = index_page.OwnIndex(
        __name__,
        server=server,  # type: ignore[arg-type]  # Dash types it too narrowly
        use_pages=True,
        pages_folder=str(ROOT / "pages"),
        assets_folder=str(ROOT / "assets"),
        assets_ignore=".*",  # named in the index as bundles
        title=shell.PRODUCT,
        index_string=shell.INDEX_PAGE,
        update_title=None,  # type: ignore[arg-type]  # None: leave the title alone
        suppress_callback_exceptions=True,
        on_error=live.show_problem,
        use_async=False,
        enable_mcp=False,
    )
    app.own = index_page.own_files(ROOT / "assets")
    index_page.install(server, app.own)
    app.layout = lambda: shell.layout(open_access=True, version=settings.version)
    return app


def create_server() -> Flask:
    """For gunicorn, before it forks: settings from the environment, read model loaded, everything warm."""
    settings = Settings.from_env()
    logs.configure(settings.log_level)
    client = aws.dynamodb(settings.aws_endpoint_url, settings.aws_region)
    read_model = ReadModel(clock=_utc_now, refresh_seconds=settings.refresh_seconds)
    read_model.try_refresh(ReadModelReader(client, settings.tables))  # if it fails, the workers keep trying
    store = Store(client, settings.tables, settings.cursor_secret, settings.retention_days, _utc_now)
    book = VerdictBook(aws.dynamodb(settings.aws_endpoint_url, settings.aws_region), settings.tables, _utc_now, "web")
    app = create_app(
        settings, read_model=read_model, store=store, queue=_queue(settings), clock=_utc_now, verdicts=book
    )
    server = cast(Flask, app.server)
    warm_up(server, app, pages=read_model.loaded)
    client.close()  # an open connection must not be shared by the workers
    gc.collect()
    gc.freeze()  # what is here stays: not looked through again, and its memory stays shared
    return server


def start_worker(server: Flask) -> None:
    """For gunicorn, in each worker after the fork: keep this process' read model new and its notes written."""
    parts: Parts = server.extensions[EXTENSION]
    settings = parts.settings
    tracing.start(settings.otlp_endpoint, "deploy-dashboard-web", settings.version)

    def reader() -> ReadModelReader:
        return ReadModelReader(aws.dynamodb(settings.aws_endpoint_url, settings.aws_region), settings.tables)

    parts.read_model.start(reader)
    if isinstance(parts.verdicts, VerdictBook):
        parts.verdicts.start()
    _alert_watch(parts).start()
    if settings.metrics_namespace is not None:
        reporter = emf.Reporter(settings.metrics_namespace, "web", emf.of_web(lambda: _age(parts)))
        server.extensions[REPORTER] = reporter
        reporter.start()


def _age(parts: Parts) -> float | None:
    """Seconds since the read model was right; None before it is loaded."""
    model = parts.read_model
    return model.generation.freshness(parts.clock()).age_sec if model.loaded else None


def _alert_watch(parts: Parts) -> AlertWatch:
    """What looks after metrics and silent sources; a daemon, so nobody has to end it."""
    settings = parts.settings
    client = aws.dynamodb(settings.aws_endpoint_url, settings.aws_region)
    verdicts = Verdicts(client, settings.tables, Cursors(settings.cursor_secret))
    deliveries = Deliveries(client, settings.tables)

    def silent() -> list[Silence]:
        now = parts.clock()
        return silences(deliveries.sources(), verdicts.counts(now, WINDOW_HOURS), to_instant(now))

    return AlertWatch(
        AlertBook(client, settings.tables), lambda: parts.read_model.generation, silent, parts.clock
    )  # fmt: skip


def end_worker(server: Flask) -> None:
    """For gunicorn, when a worker ends: write down what it noted last."""
    parts: Parts = server.extensions[EXTENSION]
    if isinstance(parts.verdicts, VerdictBook):
        parts.verdicts.end()
    if REPORTER in server.extensions:
        server.extensions[REPORTER].end()
    tracing.end()


def _queue(settings: Settings) -> Queue | None:
    if settings.queue_url is None:
        return None
    client = aws.sqs_sender(settings.aws_endpoint_url, settings.aws_region)
    return Queue(client, settings.queue_url, settings.dlq_url)


def _utc_now() -> datetime:
    return datetime.now(UTC)
