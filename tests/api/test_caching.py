"""Answers kept as bytes: made once, bounded, and never older than they say."""

import gzip

import orjson

from api.caching import ENTRY_OVERHEAD, Answers

AS_OF, LATER = "2026-02-24T12:00:00.000Z", "2026-02-24T12:00:03.000Z"


class Counted:
    """An answer of some size that counts how often it is made."""

    def __init__(self, size: int = 10) -> None:
        self.made = 0
        self.size = size

    def __call__(self) -> dict[str, str]:
        self.made += 1
        return {"text": "x" * self.size}


def test_an_answer_is_made_once_for_its_generation():
    answers, make = Answers(), Counted()
    first = answers.get("key", 1, AS_OF, make)
    assert answers.get("key", 1, AS_OF, make) is first
    assert make.made == 1
    assert orjson.loads(first.body) == {"asOf": AS_OF, "generation": 1, "text": "x" * 10}


def test_as_of_moves_on_without_anything_being_made_again():
    answers, make = Answers(), Counted()
    first, second = answers.get("key", 1, AS_OF, make), answers.get("key", 1, LATER, make)
    assert make.made == 1
    assert orjson.loads(second.body) == orjson.loads(first.body) | {"asOf": LATER}
    assert second.etag == first.etag


def test_another_generation_has_another_etag():
    answers, make = Answers(), Counted()
    assert answers.get(("key", 1), 1, AS_OF, make).etag != answers.get(("key", 2), 2, AS_OF, make).etag


def test_a_long_answer_is_kept_compressed_too_and_a_short_one_is_not():
    answers = Answers()
    assert answers.get("short", 1, AS_OF, Counted(10)).zipped is None
    long = answers.get("long", 1, AS_OF, Counted(5000))
    assert long.zipped is not None and gzip.decompress(long.zipped) == long.body


def test_the_answer_not_asked_for_longest_goes_first_and_the_bound_holds():
    answers = Answers(limit=4 * (2 * 1000 + ENTRY_OVERHEAD + 200))
    makes = {name: Counted(1000) for name in "abcdef"}
    for name in "abc":
        answers.get(name, 1, AS_OF, makes[name])
    answers.get("a", 1, AS_OF, makes["a"])
    for name in "def":
        answers.get(name, 1, AS_OF, makes[name])
        assert answers.size <= answers._limit
    answers.get("a", 1, AS_OF, makes["a"])
    answers.get("b", 1, AS_OF, makes["b"])
    assert (makes["a"].made, makes["b"].made) == (1, 2)


def test_an_answer_larger_than_the_bound_is_given_and_not_kept():
    answers, make = Answers(limit=100), Counted(1000)
    assert len(answers.get("key", 1, AS_OF, make).body) > 1000
    assert answers.size == 0
    answers.get("key", 1, AS_OF, make)
    assert make.made == 2


def test_restamping_does_not_count_an_answer_twice():
    answers, make = Answers(), Counted(5000)
    answers.get("key", 1, AS_OF, make)
    before = answers.size
    for second in range(50):
        answers.get("key", 1, f"2026-02-24T12:00:{second:02}.000Z", make)
    assert abs(answers.size - before) < 50
