"""CPU of a page's callbacks, beside a bare Flask route that answers the same bytes; no network, no threads."""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from statistics import median
from typing import TYPE_CHECKING, cast

import orjson
from dash import Dash
from flask import Flask, Response
from flask.testing import FlaskClient

from app import create_app
from bench.processes import REGION, Place
from bench.report import Row, median_ratio
from data import aws
from data.read_model_reader import ReadModelReader
from data.refresher import ReadModel
from data.store import Store
from settings import Settings
from web.callback_bodies import ENDPOINT
from web.router import router_call

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

GOAL = 3.0
CALLS = 100
PAGES = ("/", "/analytics", "/scorecard")


def measure(place: Place, rounds: int) -> list[Row]:
    """A row for each page as most readers get it, and what the first of them costs."""
    client = aws.dynamodb(place.endpoint, REGION)
    reader = ReadModelReader(client, place.tables)
    app, model = application(place, reader, client)
    rows = [_row(app, path, rounds) for path in PAGES]
    rows.append(_unkept(app, "page / encoded anew (once a refresh)", lambda: model.refresh(reader), rounds))
    rows.append(_unkept(app, "page / drawn anew (once a generation)", lambda: model.load(reader), rounds))
    client.close()
    return rows


def application(place: Place, reader: ReadModelReader, client: "DynamoDBClient") -> tuple[Dash, ReadModel]:
    """The application in this process, loaded."""
    settings = Settings.from_env(place.environment())
    model = ReadModel(clock=_now)
    model.load(reader)
    store = Store(client, place.tables, settings.cursor_secret, settings.retention_days, _now)
    return create_app(settings, read_model=model, store=store, queue=None, clock=_now), model


def _row(app: Dash, path: str, rounds: int) -> Row:
    ours = asker(app, path)
    limit = bare(ours())
    pairs = [(_cpu(ours), _cpu(limit)) for _ in range(rounds)]
    return _compared(f"callback of page {path} ({len(ours()):,} bytes)", pairs, GOAL)


def _unkept(app: Dash, name: str, before: Callable[[], None], rounds: int) -> Row:
    """The overview where `before` made sure that its answer is not at hand."""
    ours = asker(app, "/")
    limit = bare(ours())
    pairs = []
    for _ in range(rounds):
        before()
        start = time.process_time()
        ours()
        pairs.append((time.process_time() - start, _cpu(limit)))
    return _compared(name, pairs, None)


def _compared(name: str, pairs: list[tuple[float, float]], goal: float | None) -> Row:
    mine, limit = [one for one, _ in pairs], [one for _, one in pairs]
    ratio = median_ratio(mine, limit)
    return Row(name, f"{median(mine) * 1000:.2f} ms", f"{median(limit) * 1000:.2f} ms", ratio, goal, at_least=False)


def asker(app: Dash, path: str, search: str = "") -> Callable[[], bytes]:
    """What a browser posts when a reader goes to `path`."""
    body = router_call(app, path)
    for value in body["inputs"]:
        value["value"] = path if value["property"] == "pathname" else search
    client, posted = cast(Flask, app.server).test_client(), orjson.dumps(body)
    return lambda: _post(client, ENDPOINT, posted)


def bare(content: bytes) -> Callable[[], bytes]:
    """A route that answers these bytes and does nothing else."""
    server = Flask("bare")

    @server.post("/bare")
    def answer() -> Response:
        return Response(content, content_type="application/json")

    client = server.test_client()
    return lambda: _post(client, "/bare", b"{}")


def _post(client: FlaskClient, path: str, body: bytes) -> bytes:
    answer = client.post(path, data=body, content_type="application/json")
    if answer.status_code != 200:
        raise RuntimeError(f"{path} answered {answer.status_code}")
    return bytes(answer.data)


def _cpu(call: Callable[[], bytes]) -> float:
    call()
    start = time.process_time()
    for _ in range(CALLS):
        call()
    return (time.process_time() - start) / CALLS


def _now() -> datetime:
    return datetime.now(UTC)
