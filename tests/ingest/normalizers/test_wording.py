"""Senders' values made fit for the envelope."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.errors import InvalidRequest
from data.instants import parse_instant
from ingest.normalizers import wording

RECEIVED = "2026-11-20T12:00:00.000Z"
ANYTHING = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(), st.text("0123456789", max_size=60),
    st.lists(st.integers(), max_size=2), st.dictionaries(st.text(max_size=3), st.none(), max_size=2),
)  # fmt: skip


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("  two\nlines\t ", "two lines"), ("bell\x07", "bell"), ("\ud800x", "x"), ("", None), (" ", None),
        (None, None), (3, None), ("x" * 300, "x" * 200), ("\u202egnp", "\u202egnp"),
    ],
)  # fmt: skip
def test_plain_text_is_one_line_without_control_characters(value: Any, text: str | None):
    assert wording.plain(value) == text


def test_prose_keeps_its_lines():
    assert wording.prose(" a\n\tb\x00 ") == "a\n\tb"
    assert wording.prose("\n") is None
    assert len(wording.prose("x" * 5000) or "") == 2000


@pytest.mark.parametrize(
    "value", ["javascript:alert(1)", "ftp://x/", "http://", "https://u:p@x/", "http://a b/", 7, None]
)
def test_what_is_no_http_address_is_no_link(value: Any):
    assert wording.link(value) is None


@pytest.mark.parametrize(
    ("ref", "version"),
    [
        ("v3.4.2", "v3.4.2"), ("3.4.2", "3.4.2"), ("refs/tags/v3.4.2-rc.1+b5", "v3.4.2-rc.1+b5"),
        ("3.4.2.1", "3.4.2.1"),
        ("refs/heads/3.4.2", "3.4.2"), ("3.4", None), ("release-3.4.2", None), ("main", None), ("v3.4.2/x", None),
        ("3.4.2-", None), ("٣.4.2", None), ("", None), (None, None), (342, None),
    ],
)  # fmt: skip
def test_only_a_ref_that_reads_as_a_whole_version_is_one(ref: Any, version: str | None):
    assert wording.release(ref) == version


@pytest.mark.parametrize("value", ["latest", "Main", "HEAD", "a b", "a/b", "", None, 3, "-x", "x" * 129])
def test_what_names_another_build_every_day_or_cannot_be_written_is_no_version(value: Any):
    assert wording.version(value) is None


def test_a_delivery_id_is_the_first_header_that_holds_one():
    headers = {"A": "", "B": "not one", "C": "c-1"}
    assert wording.delivery(headers, "A", "B", "C", "D") == "c-1"
    assert wording.delivery(headers, "A", "B") is None


def test_an_end_before_the_start_is_none():
    assert wording.not_before("2026-11-20T10:00:00.000Z", "2026-11-20T10:00:00.000Z") == "2026-11-20T10:00:00.000Z"
    assert wording.not_before("2026-11-20T09:59:59.999Z", "2026-11-20T10:00:00.000Z") is None
    assert wording.not_before(None, RECEIVED) is None


@pytest.mark.parametrize("value", ["2026-11-20T12:00:00.001Z", "2026-11-20", "soon", None, 7])
def test_what_is_no_time_or_lies_ahead_was_no_commit(value: Any):
    assert wording.earlier(value, RECEIVED) is None


@pytest.mark.parametrize(
    ("value", "instant"),
    [
        (0, "1970-01-01T00:00:00.000Z"), ("1422477056123", "2015-01-28T20:30:56.123Z"),
        (1386270000000, "2013-12-05T19:00:00.000Z"), (253_402_300_799_000, "9999-12-31T23:59:59.000Z"),
    ],
)  # fmt: skip
def test_milliseconds_are_a_time(value: Any, instant: str):
    assert wording.from_milliseconds(value, "at") == instant


@pytest.mark.parametrize(
    "value",
    [None, "", "-1", -1, True, 1.5, "1e12", [], {}, 253_402_300_800_000, "0" * 20 + "9" * 40, "9" * 5000, "²"],
)
def test_other_milliseconds_are_refused_by_their_field(value: Any):
    with pytest.raises(InvalidRequest) as caught:
        wording.from_milliseconds(value, "build.timestamp")
    assert caught.value.field == "build.timestamp"


@settings(max_examples=200, deadline=None)
@given(ANYTHING)
def test_whatever_a_sender_writes_is_made_fit_or_left_out(value: Any):
    for make in (wording.plain, wording.prose, wording.link, wording.sha, wording.version, wording.release):
        made = make(value)
        assert made is None or (isinstance(made, str) and made == make(made))
    for read in (wording.moment, wording.from_milliseconds):
        try:
            instant = read(value, "at")
        except InvalidRequest as error:
            assert error.field == "at"
        else:
            assert parse_instant(instant) == instant
