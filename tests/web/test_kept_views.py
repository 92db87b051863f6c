"""Views drawn once for everybody, and never for the wrong one."""

import gzip

import orjson
import pytest
from flask import Flask, Response, request

from components import states
from web import kept_views
from web.callback_bodies import ENDPOINT
from web.json_provider import OrjsonProvider
from web.kept_views import KeptViews

VIEW, EFFECT = "page.children", "effect.children"


class Pages:
    """A server whose callbacks tell how often they were asked."""

    def __init__(self) -> None:
        self.state: object = (1, "as of", "*|*")
        self.drawn = 0
        self.extra: dict[str, object] = {}
        self.status = 200
        server = Flask("pages")
        server.json = OrjsonProvider(server)

        @server.post(ENDPOINT, endpoint=ENDPOINT)
        def dispatch() -> Response:
            self.drawn += 1
            said = {"drawn": self.drawn, "path": request.get_json().get("path"), "filler": "x" * 2000}
            return Response(orjson.dumps(said | self.extra), self.status, content_type="application/json")

        kept_views.install(server, [VIEW], lambda: self.state)
        self.client = server.test_client()

    def ask(self, output=VIEW, path="/", encoding="identity", **more):
        body = {"output": output, "path": path} | more
        answer = self.client.post(ENDPOINT, json=body, headers={"Accept-Encoding": encoding})
        content = gzip.decompress(answer.data) if answer.headers.get("Content-Encoding") == "gzip" else answer.data
        return orjson.loads(content)


@pytest.fixture
def pages(monkeypatch):
    monkeypatch.setattr("web.kept_views.time.monotonic", lambda: 1000.0)
    return Pages()


def test_a_view_is_drawn_once_for_all_who_ask_the_same(pages):
    assert [pages.ask()["drawn"] for _ in range(3)] == [1, 1, 1]


def test_each_encoding_gets_the_same_view(pages):
    plain, small = pages.ask(), pages.ask(encoding="gzip")
    assert (plain["path"], small["path"], pages.drawn) == ("/", "/", 2)
    assert pages.ask(encoding="gzip") == small
    answer = pages.client.post(ENDPOINT, json={"output": VIEW, "path": "/"}, headers={"Accept-Encoding": "gzip"})
    assert (answer.headers["Content-Encoding"], answer.headers["Vary"]) == ("gzip", "Accept-Encoding")


@pytest.mark.parametrize("moved", [(2, "as of", "*|*"), (1, "later", "*|*"), (1, "as of", "mira|*")])
def test_another_generation_moment_or_scope_is_another_view(pages, moved):
    pages.ask()
    pages.state = moved
    assert pages.ask()["drawn"] == 2


def test_another_address_is_another_view(pages):
    assert [pages.ask(path=path)["path"] for path in ("/a", "/b", "/a")] == ["/a", "/b", "/a"]


def test_a_callback_that_may_have_effects_runs_each_time(pages):
    assert [pages.ask(output=EFFECT)["drawn"] for _ in range(2)] == [1, 2]


def test_a_view_that_went_wrong_is_not_shown_to_the_next(pages):
    pages.extra = {"sideUpdate": {"problem": {"children": "oops"}}}
    pages.ask()
    pages.extra = {}
    assert pages.ask()["drawn"] == 2


def test_only_success_is_kept(pages):
    pages.status = 500
    pages.ask()
    pages.status = 200
    assert pages.ask()["drawn"] == 2


def test_nothing_is_kept_before_there_is_a_generation(pages):
    pages.state = None
    assert [pages.ask()["drawn"] for _ in range(2)] == [1, 2]


def test_hours_roll_on_even_where_nothing_is_confirmed(pages, monkeypatch):
    pages.ask()
    monkeypatch.setattr("web.kept_views.time.monotonic", lambda: 1011.0)
    assert pages.ask()["drawn"] == 2


def test_a_huge_question_is_not_kept(pages):
    huge = "x" * kept_views.LONGEST_BODY
    assert [pages.ask(path=huge)["drawn"] for _ in range(2)] == [1, 2]


def test_what_is_kept_stays_within_its_bound():
    views = KeptViews(limit=5000)
    for n in range(20):
        views.put(n, b"x" * 1000)
        views.put(n, b"y" * 1000)
    assert views.size <= 5000
    assert views.get(19) == b"y" * 1000
    assert views.get(0) is None


def test_a_view_with_a_part_that_could_not_be_loaded_is_not_kept(pages):
    pages.extra = {"children": states.could_not_load("the attempts")}
    assert pages.ask()["drawn"] == 1
    assert pages.ask()["drawn"] == 2
