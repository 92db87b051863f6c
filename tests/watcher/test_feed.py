"""Lists and watches over real HTTP, and every way in which they break."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tests.watcher.api import Api
from tests.watcher.objects import deployment
from watcher import feed
from watcher.cluster import DEPLOYMENT, ROLLOUT, Cluster, Scope
from watcher.feed import Change, Feed, Listed, Removed, Seen

EVERYWHERE = Scope(DEPLOYMENT)


@pytest.fixture(autouse=True)
def short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feed, "FIRST_PAUSE", 0.02)
    monkeypatch.setattr(feed, "LONGEST_PAUSE", 0.1)
    monkeypatch.setattr(feed, "DOUBTFUL_PAUSE", 0.09)
    monkeypatch.setattr(feed, "ABSENT_SECONDS", 0.05)


class Told:
    """What a feed tells."""

    def __init__(self) -> None:
        self.changes: list[Change] = []

    def until(self, true: Callable[[list[str]], bool]) -> list[str]:
        """Wait for words like `listed authn`, `seen authn 3`, `removed authn`."""
        deadline = time.monotonic() + 10
        while not true(self.words):
            assert time.monotonic() < deadline, self.words
            time.sleep(0.01)
        return self.words

    @property
    def words(self) -> list[str]:
        return [_word(change) for change in list(self.changes)]


def _word(change: Change) -> str:
    if isinstance(change, Listed):
        return " ".join(["listed", *(one["metadata"]["name"] for one in change.objects)])
    meta = change.object["metadata"]
    revision = meta["annotations"]["deployment.kubernetes.io/revision"]
    return f"seen {meta['name']} {revision}" if isinstance(change, Seen) else f"removed {meta['name']}"


@contextmanager
def following(cluster: Cluster, scope: Scope = EVERYWHERE, seconds: int = 1) -> Iterator[Told]:
    told, stop = Told(), threading.Event()
    thread = threading.Thread(target=Feed(cluster, scope, told.changes.append, stop, seconds).run)
    thread.start()
    try:
        yield told
    finally:
        stop.set()
        thread.join(10)
    assert not thread.is_alive()


def test_what_is_there_is_listed_and_what_happens_then_is_told_in_order(api: Api, cluster: Cluster):
    api.put("deployments", deployment("1.0", 1))
    with following(cluster) as told:
        told.until(lambda words: words == ["listed authn"])
        api.put("deployments", deployment("1.1", 2))
        api.put("deployments", deployment("1.0", 1, "orders"))
        api.delete("deployments", "authn")
        assert told.until(lambda words: len(words) == 4) == [
            "listed authn", "seen authn 2", "seen orders 1", "removed authn",
        ]  # fmt: skip


def test_a_long_list_comes_in_pages(api: Api, cluster: Cluster):
    api.page = 2
    for number in range(5):
        api.put("deployments", deployment("1.0", 1, f"s{number}"))
    with following(cluster) as told:
        assert told.until(lambda words: len(words) == 1) == ["listed s0 s1 s2 s3 s4"]


def test_a_watch_that_ends_goes_on_where_it_was(api: Api, cluster: Cluster):
    with following(cluster) as told:
        told.until(lambda words: words == ["listed"])
        api.put("deployments", deployment("1.0", 1))
        told.until(lambda words: words[1:] == ["seen authn 1"])
        deadline = time.monotonic() + 10
        while api.asked("watch=True") < 3:  # each ends after a second
            assert time.monotonic() < deadline
            time.sleep(0.02)
        api.put("deployments", deployment("1.1", 2))
        assert told.until(lambda words: len(words) > 2) == ["listed", "seen authn 1", "seen authn 2"]
    assert api.asked("limit=") == 1


def test_a_connection_cut_in_the_middle_of_an_event_loses_nothing(api: Api, cluster: Cluster):
    with following(cluster) as told:
        told.until(lambda words: words == ["listed"])
        api.cuts = 2
        api.put("deployments", deployment("1.0", 1))
        assert told.until(lambda words: len(words) > 1) == ["listed", "seen authn 1"]
    assert api.asked("watch=True") >= 3


@pytest.mark.parametrize("in_stream", [True, False])
def test_a_watch_whose_place_is_forgotten_begins_with_a_new_list(api: Api, cluster: Cluster, in_stream: bool):
    api.put("deployments", deployment("1.0", 1))
    api.put("deployments", deployment("1.0", 1, "orders"))
    with following(cluster) as told:
        told.until(lambda words: words == ["listed authn orders"])
        api.delete("deployments", "orders", event=False)  # unseen: nobody watched when it happened
        api.put("deployments", deployment("1.1", 2))
        api.forget(in_stream=in_stream)
        words = told.until(lambda words: words.count("listed authn") == 1)
        assert "listed authn orders" in words


def test_a_bookmark_moves_the_place_without_an_event(api: Api, cluster: Cluster):
    with following(cluster) as told:
        told.until(lambda words: words == ["listed"])
        api.bookmark("deployments")
        place = f"resourceVersion={api.version}"
        deadline = time.monotonic() + 10
        while not api.asked(place):
            assert time.monotonic() < deadline, api.requests
            time.sleep(0.02)
        assert told.words == ["listed"]


def test_a_kind_that_is_not_installed_is_tried_again_now_and_then(api: Api, cluster: Cluster):
    api.absent.add("rollouts")
    with following(cluster, Scope(ROLLOUT)) as told:
        deadline = time.monotonic() + 10
        while api.asked("rollouts") < 2:
            assert time.monotonic() < deadline
            time.sleep(0.02)
        assert told.words == []
        api.absent.clear()
        told.until(lambda words: words == ["listed"])


def test_an_api_that_fails_is_asked_again_and_nothing_is_told_gone(api: Api, cluster: Cluster):
    api.put("deployments", deployment("1.0", 1))
    with following(cluster) as told:
        told.until(lambda words: words == ["listed authn"])
        api.failing["deployments"] = 500
        api.forget()
        deadline = time.monotonic() + 10
        while api.asked("deployments") < 6:
            assert time.monotonic() < deadline
            time.sleep(0.02)
        assert not any(isinstance(change, Removed) for change in told.changes)
        api.failing.clear()
        told.until(lambda words: words == ["listed authn", "listed authn"])


def test_events_that_make_no_sense_are_not_told_and_end_nothing(api: Api, cluster: Cluster):
    with following(cluster) as told:
        told.until(lambda words: words == ["listed"])
        senseless: tuple[Any, ...] = ({}, [], {"metadata": {}}, None)
        with api.changed:
            for thing in senseless:
                api.version += 1
                api.log.append((api.version, "deployments", "ADDED", thing))
            api.changed.notify_all()
        api.put("deployments", deployment("1.0", 1))
        words = told.until(lambda words: words[-1] == "listed authn")  # the place was doubtful: a new list
        assert set(words) == {"listed", "listed authn"}


def test_one_namespace_and_some_labels_are_followed_alone(api: Api, cluster: Cluster):
    for namespace in ("shop", "bank"):
        thing = deployment("1.0", 1)
        api.put("deployments", thing | {"metadata": thing["metadata"] | {"namespace": namespace}})
    with following(cluster, Scope(DEPLOYMENT, "shop", "app=authn")) as told:
        told.until(lambda words: words == ["listed authn"])
    with following(cluster, Scope(DEPLOYMENT, "shop", "app=other")) as told:
        told.until(lambda words: words == ["listed"])
