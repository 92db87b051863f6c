"""D07: a cursor opens only for the list and the caller it was given to, and says nothing to anybody."""

import base64
import string

import pytest

from data.cursors import Cursors, query_text
from data.errors import InvalidRequest
from data.models import EVERYTHING, Scope

SECRET = b"the secret of this deployment, long"
QUERY = query_text("service_attempts", {"of": "authn", "since": None}, EVERYTHING)
POSITIONS = {"only": ("mira-us-west-2#authn", "2026-02-24T10:00:00.000Z#mira-us-west-2:authn:3.4.2:1284")}
ALPHABET = string.ascii_letters + string.digits + "-_"


@pytest.fixture(scope="module")
def cursors() -> Cursors:
    return Cursors(SECRET)


def test_a_cursor_gives_back_what_was_sealed(cursors):
    assert cursors.open(QUERY, cursors.seal(QUERY, POSITIONS)) == POSITIONS


def test_streams_that_ended_stay_ended(cursors):
    positions = {"FAILED": None, "ROLLBACK": ("a", "b")}
    assert cursors.open(QUERY, cursors.seal(QUERY, positions)) == positions


def test_the_same_page_has_the_same_cursor(cursors):
    assert cursors.seal(QUERY, POSITIONS) == Cursors(SECRET).seal(QUERY, POSITIONS)


def test_no_key_can_be_read_in_a_cursor(cursors):
    cursor = cursors.seal(QUERY, POSITIONS)
    raw = base64.urlsafe_b64decode(cursor + "==")
    assert not any(word in raw for word in (b"mira", b"authn", b"3.4.2", b"2026"))


def test_every_single_changed_character_is_noticed(cursors):
    cursor = cursors.seal(QUERY, POSITIONS)
    for place, was in enumerate(cursor):
        other = ALPHABET[(ALPHABET.index(was) + 1) % len(ALPHABET)]
        with pytest.raises(InvalidRequest, match="cursor"):
            cursors.open(QUERY, cursor[:place] + other + cursor[place + 1 :])


@pytest.mark.parametrize("damage", [
    lambda cursor: cursor[:-1],
    lambda cursor: cursor[1:],
    lambda cursor: cursor + "A",
    lambda cursor: cursor + "=",
    lambda cursor: " " + cursor,
    lambda cursor: cursor + cursor,
    lambda cursor: "A" * 5120,
    lambda cursor: "",
    lambda cursor: "A",
    lambda cursor: "%%%%",
    lambda cursor: "ключ",
    lambda cursor: "\ud800",
    lambda cursor: "\x00" * 40,
])  # fmt: skip
def test_a_damaged_cursor_is_the_callers_mistake(cursors, damage):
    with pytest.raises(InvalidRequest) as caught:
        cursors.open(QUERY, damage(cursors.seal(QUERY, POSITIONS)))
    assert caught.value.field == "cursor"


@pytest.mark.parametrize("other", [
    query_text("cluster_attempts", {"of": "authn"}, EVERYTHING),
    query_text("service_attempts", {"of": "billing"}, EVERYTHING),
    query_text("service_attempts", {"of": "authn", "since": "2026-02-24T00:00:00.000Z"}, EVERYTHING),
    query_text("service_attempts", {"of": "authn"}, Scope(clusters=frozenset({"mira-us-west-2"}))),
    query_text("service_attempts", {"of": "authn"}, Scope(services=frozenset({"authn"}))),
])  # fmt: skip
def test_a_cursor_of_another_list_or_another_scope_is_refused(cursors, other):
    with pytest.raises(InvalidRequest):
        cursors.open(other, cursors.seal(QUERY, POSITIONS))


def test_a_cursor_of_an_old_key_is_refused(cursors):
    with pytest.raises(InvalidRequest):
        cursors.open(QUERY, Cursors(b"the secret before it was changed").seal(QUERY, POSITIONS))


def test_a_filter_that_says_nothing_changes_nothing():
    assert query_text("service_attempts", {"of": "authn"}, EVERYTHING) == QUERY


def test_the_longest_keys_fit_into_a_cursor(cursors):
    position = ("c" * 63 + "#" + "s" * 63, "2026-02-24T10:00:00.000Z#" + "i" * (63 + 63 + 128 + 64 + 3))
    both = {"FAILED": position, "ROLLBACK": position}
    assert cursors.open(QUERY, cursors.seal(QUERY, both)) == both
