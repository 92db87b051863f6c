"""Answers shared through Redis: made once, never wrong, and never in the way."""

import logging
import pickle
import socket
import subprocess
import sys
import threading
import time
import zlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import redis
from hypothesis import given
from hypothesis import strategies as st

from data import shared_cache
from data.shared_answers import WAIT_SECONDS, WAITS, SharedAnswers
from data.shared_cache import Breaker, SharedAnswer, SharedCache, unpacked
from embedded.emulator import HOST, ROOT, free_port
from tests.redis_server import redis_server

SECRET = b"cursor-secret-cursor-secret"
AS_OF = "2026-02-24T12:00:00.000Z"


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with redis_server() as url:
        yield url


@pytest.fixture
def url(server: str) -> str:
    with redis.Redis.from_url(server) as client:
        client.flushall()
    return server


def answer(generation: int = 7, content: bytes = b'{"clusters":[]}') -> SharedAnswer:
    return SharedAnswer(content, generation, AS_OF)


def answers(url: str, deployment: str = "here", secret: bytes = SECRET) -> SharedAnswers:
    return SharedAnswers(SharedCache(url), secret, deployment)


def never() -> SharedAnswer:
    raise AssertionError("it was made again")


@given(st.binary(max_size=300), st.integers(0, 2**62), st.integers(0, 10**6))
def test_what_is_kept_comes_back_as_it_was(content: bytes, generation: int, unread: int) -> None:
    kept = SharedAnswer(content, generation, AS_OF, unread)
    value = kept.packed(SECRET, "key")
    assert value is not None
    assert unpacked(value, SECRET, "key") == kept
    assert unpacked(value, SECRET, "another key") is None
    assert unpacked(value, SECRET + b"!", "key") is None


@given(st.binary(max_size=200), st.integers(0, 10**6))
def test_nothing_that_was_touched_counts(noise: bytes, place: int) -> None:
    value = answer().packed(SECRET, "key")
    assert value is not None
    touched = value[: place % len(value)] + noise + value[place % len(value) :]
    assert unpacked(noise, SECRET, "key") is None
    assert unpacked(touched, SECRET, "key") is None or touched == value
    assert unpacked(value[: place % len(value)], SECRET, "key") is None


def test_what_is_too_large_is_not_kept(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setattr(shared_cache, "MOST_KEPT", 100)
    large = SharedAnswer(bytes(range(256)) * 4, 7, AS_OF)
    assert large.packed(SECRET, "key") is None
    assert answers(url).get(b"q", 7, lambda: large) == large
    assert answers(url).get(b"q", 7, answer) == answer()  # nobody is thought to be making it


def test_another_process_sends_what_one_has_made(url: str) -> None:
    assert answers(url).get(b"q", 7, answer) == answer()
    other = answers(url)
    assert other.get(b"q", 7, never) == answer()
    assert other.get(b"q", 6, never) == answer()  # one refresh behind: what is newer is right too
    assert other.counts == {"shared": 2, "failed": 0}


def test_a_newer_state_another_question_another_deployment_another_secret_have_answers_of_their_own(url: str) -> None:
    answers(url).get(b"q", 7, answer)
    for other, question, generation in (
        (answers(url), b"q", 8), (answers(url), b"Q", 7), (answers(url, "there"), b"q", 7),
        (answers(url, secret=b"other" * 8), b"q", 7),
    ):  # fmt: skip
        assert other.get(question, generation, lambda: answer(8, b"{}")).content == b"{}"
        assert other.counts["made"] == 1


def test_what_never_changes_is_sent_whatever_is_newest(url: str) -> None:
    answers(url).get(b"q", None, answer)
    assert answers(url).get(b"q", None, never) == answer()
    with redis.Redis.from_url(url) as client:
        assert 590_000 < client.pttl(client.keys("dashboard:answer:*")[0]) <= 600_000


def test_while_one_makes_the_newer_one_the_others_send_the_one_before(url: str) -> None:
    answers(url).get(b"q", 7, answer)
    making, go_on, others = threading.Event(), threading.Event(), answers(url)

    def slowly() -> SharedAnswer:
        making.set()
        assert go_on.wait(10)
        return answer(8)

    with ThreadPoolExecutor(1) as pool:
        newer = pool.submit(answers(url).get, b"q", 8, slowly)
        assert making.wait(10)
        assert others.get(b"q", 8, never) == answer(7)
        go_on.set()
        assert newer.result(10) == answer(8)
    assert others.get(b"q", 8, never) == answer(8)
    assert others.counts == {"stale": 1, "shared": 1, "failed": 0}


def test_whoever_waits_too_long_makes_it(url: str) -> None:
    pauses: list[float] = []
    shared, waited = SharedAnswers(SharedCache(url), SECRET, "here", pauses.append), answers(url)
    with redis.Redis.from_url(url) as client:
        waited.get(b"q", 7, answer)
        key = client.keys("dashboard:answer:*")[0]
        client.delete(key)
        client.set(key + b":making", b"1")
    assert shared.get(b"q", 7, answer) == answer()
    assert pauses == [WAIT_SECONDS] * WAITS


def test_one_that_could_not_make_it_lets_the_next_try(url: str) -> None:
    def fails() -> SharedAnswer:
        raise LookupError("no such cluster")

    with pytest.raises(LookupError):
        answers(url).get(b"q", 7, fails)
    assert answers(url).get(b"q", 7, answer) == answer()


PROCESS = """
import sys, time
from pathlib import Path
from data.shared_answers import SharedAnswers
from data.shared_cache import SharedAnswer, SharedCache
url, made, ready, go = sys.argv[1:]
shared = SharedAnswers(SharedCache(url), b"cursor-secret-cursor-secret", "here")
def slowly():
    with open(made, "a") as file:
        file.write("made\\n")
    time.sleep(0.2)
    return SharedAnswer(b'{"a":1}', 7, "2026-02-24T12:00:00.000Z")
Path(ready).touch()
while not Path(go).exists():
    time.sleep(0.002)
print(shared.get(b"q", 7, slowly).content.decode())
"""


def test_of_several_processes_that_ask_at_once_one_makes_it(url: str, tmp_path: Path) -> None:
    made, go = tmp_path / "made", tmp_path / "go"
    ready = [tmp_path / f"ready{n}" for n in range(3)]
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", PROCESS, url, str(made), str(one), str(go)], cwd=ROOT, stdout=subprocess.PIPE
        )
        for one in ready
    ]
    deadline = time.monotonic() + 30
    while not all(one.exists() for one in ready):
        assert time.monotonic() < deadline
        time.sleep(0.01)
    go.touch()
    assert [process.communicate(timeout=30)[0] for process in processes] == [b'{"a":1}\n'] * 3
    assert made.read_text() == "made\n"


@pytest.mark.parametrize("poison", [
    b"", b"DD1 ", b"DD1 " + bytes(32), pickle.dumps({"clusters": []}), b'{"clusters":["forged"]}',
    b"DD1 " + bytes(32) + zlib.compress(b"7 2026-02-24T12:00:00.000Z 0\n" + b'{"clusters":["forged"]}'),
])  # fmt: skip
def test_a_value_that_somebody_else_put_there_is_made_anew(url: str, poison: bytes) -> None:
    shared = answers(url)
    shared.get(b"q", 7, answer)
    with redis.Redis.from_url(url) as client:
        key = client.keys("dashboard:answer:*")[0]
        client.set(key, poison)
    assert shared.get(b"q", 7, answer) == answer()
    assert shared.counts["refused"] == 1
    assert answers(url).get(b"q", 7, never) == answer()


def test_a_key_of_another_type_is_no_answer(url: str) -> None:
    shared = answers(url)
    shared.get(b"q", 7, answer)
    with redis.Redis.from_url(url) as client:
        key = client.keys("dashboard:answer:*")[0]
        client.delete(key)
        client.rpush(key, b"a")
    assert shared.get(b"q", 7, answer) == answer()


def test_without_redis_everybody_makes_it_and_is_told_once(caplog: pytest.LogCaptureFixture) -> None:
    shared = SharedAnswers(SharedCache(f"redis://:hunter2@{HOST}:{free_port()}"), SECRET, "here")
    with caplog.at_level(logging.INFO):
        for number in range(20):
            assert shared.get(b"q", number, lambda: answer(9)) == answer(9)
    assert shared.counts == {"made": 20, "failed": 1}
    assert [one.levelname for one in caplog.records] == ["WARNING"]
    assert "hunter2" not in caplog.text


def test_a_redis_that_does_not_answer_holds_nobody_up_twice() -> None:
    with socket.create_server((HOST, 0)) as silent:  # takes connections and says nothing
        shared = answers(f"redis://{HOST}:{silent.getsockname()[1]}")
        for _ in range(20):
            assert shared.get(b"q", 7, answer) == answer()
        assert shared.counts == {"made": 20, "failed": 1}


def test_a_full_redis_fails_no_request(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_arguments: object, **_named: object) -> None:
        raise redis.OutOfMemoryError("command not allowed when used memory > 'maxmemory'")

    monkeypatch.setattr(redis.client.Redis, "set", full)
    shared = answers(url)
    assert shared.get(b"q", 7, answer) == answer()
    assert shared.counts == {"made": 1, "failed": 1}


def test_when_redis_is_back_it_is_asked_again(caplog: pytest.LogCaptureFixture) -> None:
    now, port = [0.0], free_port()
    cache = SharedCache(f"redis://{HOST}:{port}", clock=lambda: now[0])
    shared = SharedAnswers(cache, SECRET, "here")
    shared.get(b"q", 7, answer)
    with redis_server(port), caplog.at_level(logging.INFO):
        shared.get(b"q", 7, answer)
        assert cache.failures == 1  # not asked yet
        now[0] = 2.5
        shared.get(b"q", 7, answer)
        assert shared.get(b"q", 7, never) == answer()
        assert caplog.messages[-1] == "shared answers are back"
        cache.close()


def test_the_pause_grows_while_tries_fail_and_ends_with_the_first_that_works() -> None:
    now = [0.0]
    breaker = Breaker(lambda: now[0])
    assert breaker.lets() and breaker.lets()
    assert breaker.failed() == 2
    assert breaker.failed() is None  # asked at the same time: the same outage
    assert not breaker.lets()
    pauses = []
    for _ in range(6):
        now[0] += 60
        assert breaker.lets()
        assert not breaker.lets()  # one tries for all
        pauses.append(breaker.failed())
    assert pauses == [4, 8, 16, 32, 60, 60]
    now[0] += 60
    assert breaker.lets()
    assert breaker.worked()
    assert breaker.lets()
    assert not breaker.worked()
