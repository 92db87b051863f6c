"""Summaries of the past and of a part, shared through Redis: the same answers as without it."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, cast

import pytest
import redis
from flask import Flask
from flask.testing import FlaskClient

from context import SHARED
from data.models import EVERYTHING, Scope
from data.shared_answers import SharedAnswers
from telemetry import measures
from tests.api.conftest import Site
from tests.read_model import MIRA
from tests.redis_server import redis_server

AS_OF = "asOf=2026-02-22T09:00:00Z"
KNOWN = f"{AS_OF}&knownAt=2026-02-24T10:30:00Z"
PATHS = ("/api/clusters", f"/api/clusters/{MIRA}", f"/api/clusters/{MIRA}/summary", "/api/services",
         "/api/services/authn", "/api/analytics")  # fmt: skip
OF_A_PART = (*PATHS, "/api/metrics/dora", "/api/quality", "/api/quality/flakes", "/api/gates/effectiveness",
             "/api/gates/backtest")  # fmt: skip
MINE = Scope(clusters=frozenset({MIRA}), services=frozenset({"authn"}))

Make = Callable[..., FlaskClient]


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with redis_server() as url:
        yield url


@pytest.fixture
def process(site: Site, server: str) -> Make:
    """Makes a client of a web process of its own, on an empty Redis."""
    with redis.Redis.from_url(server) as client:
        client.flushall()

    def make(scope: Scope = EVERYTHING, **changes: Any) -> FlaskClient:
        settings = replace(site.settings, redis_url=server)
        return cast(Flask, site.app(scope=scope, settings=settings, **changes).server).test_client()

    return make


def counts(client: FlaskClient) -> dict[str, int]:
    shared: SharedAnswers | None = client.application.extensions.get(SHARED)
    return dict(shared.counts) if shared else {}


def test_answers_are_the_same_whoever_makes_them(process: Make, client: FlaskClient, scoped: FlaskClient) -> None:
    first, second = process(), process()
    paths = [f"{path}?{query}" for path in PATHS[:-1] for query in (AS_OF, KNOWN)]
    for path in paths:
        expected = client.get(path)
        for process_, name in ((first, "made"), (second, "shared")):
            before = counts(process_).get(name, 0)
            answer = process_.get(path)
            assert (answer.status_code, answer.get_json()) == (expected.status_code, expected.get_json()), path
            assert answer.headers["ETag"] == expected.headers["ETag"]
            assert counts(process_).get(name, 0) == before + (answer.status_code == 200), path
    mine, also_mine = process(MINE), process(MINE)
    hits = measures.CACHE.total(result="hit")
    for path in OF_A_PART:
        expected = scoped.get(path)
        assert mine.get(path).get_json() == also_mine.get(path).get_json() == expected.get_json()
    assert counts(also_mine) == {"shared": len(OF_A_PART), "failed": 0}
    assert measures.CACHE.total(result="hit") == hits + len(OF_A_PART)


def test_what_everybody_asks_for_never_leaves_the_process(process: Make) -> None:
    everything = process()
    assert everything.get("/api/clusters").status_code == 200
    assert counts(everything) == {"failed": 0}


def test_who_sees_a_part_gets_nothing_of_those_who_see_all(process: Make) -> None:
    process().get(f"/api/services?{AS_OF}")
    for path in ("/api/services", f"/api/services?{AS_OF}"):
        text = process(MINE).get(path).get_data(as_text=True)
        assert ("authn" in text, "billing" in text) == (True, False)
    assert "billing" in process().get("/api/services?asOf=2026-02-23T11:00:00Z").get_data(as_text=True)


def test_an_answer_of_this_process_needs_no_redis_at_all(process: Make) -> None:
    one = process()
    first, again = one.get(f"/api/clusters?{AS_OF}"), one.get(f"/api/clusters?{AS_OF}")
    assert first.get_data() == again.get_data()
    assert counts(one) == {"made": 1, "failed": 0}
    known = one.get(f"/api/clusters?{AS_OF}", headers={"If-None-Match": first.headers["ETag"]})
    assert known.status_code == 304


def test_what_is_refused_or_not_there_is_not_kept(process: Make, server: str) -> None:
    one = process(MINE)
    assert one.get("/api/services/billing").status_code == 404
    assert one.get("/api/clusters?asOf=2999-01-01T00:00:00Z").status_code == 400
    with redis.Redis.from_url(server) as client:
        assert client.keys("*") == []


def test_without_redis_answers_are_made_as_ever(site: Site, client: FlaskClient) -> None:
    settings = replace(site.settings, redis_url="redis://127.0.0.1:9")
    errors = measures.CACHE.total(result="error")
    away = cast(Flask, site.app(settings=settings).server).test_client()
    assert away.get(f"/api/services?{AS_OF}").get_json() == client.get(f"/api/services?{AS_OF}").get_json()
    assert counts(away) == {"made": 1, "failed": 1}
    assert measures.CACHE.total(result="error") == errors + 1
