"""Marks on the line of time, and the changes beside an instant."""

from data.day_numbers import from_milliseconds, milliseconds
from data.instants import to_instant
from data.models import EVERYTHING, Status
from data.past_marks import BUCKETS, line
from tests.read_model import MIRA, NOW, PAVO, attempt, generation

PAST = [
    attempt("2026-02-20T10:00:00Z"),
    attempt("2026-02-22T10:00:00Z", status=Status.FAILED),
    attempt("2026-02-22T10:01:00Z", cluster_id=PAVO),
    attempt("2026-02-24T11:55:00.250Z", status=Status.IN_PROGRESS),
]


def test_the_line_runs_from_the_first_days_begin_to_the_last_whole_minute():
    found = line(generation(PAST), EVERYTHING, to_instant(NOW))
    assert from_milliseconds(found.first) == "2026-02-20T00:00:00.000Z"
    assert from_milliseconds(found.last) == to_instant(NOW)
    assert len(found.marks) == BUCKETS
    assert sum(mark.attempts for mark in found.marks) == len(PAST)
    [bad] = [mark for mark in found.marks if mark.failed]
    assert (bad.attempts, bad.failed) == (2, 1)


def test_changes_beside_an_instant_are_starts_and_ends_to_the_next_second():
    found = line(generation(PAST), EVERYTHING, "2026-02-22T10:05:00.000Z", MIRA).beside
    assert found.before == milliseconds("2026-02-22T10:00:00.000Z")
    assert found.after == milliseconds("2026-02-22T10:10:00.000Z")
    last = line(generation(PAST), EVERYTHING, "2026-02-24T11:55:01.000Z", MIRA).beside
    assert (last.before, last.after) == (milliseconds("2026-02-22T10:10:00.000Z"), None)


def test_without_attempts_the_line_is_as_long_as_what_is_held():
    gen = generation([])
    found = line(gen, EVERYTHING, to_instant(NOW))
    assert from_milliseconds(found.first)[:10] == gen.first_day
    assert (found.beside.before, found.beside.after) == (None, None)
    assert not any(mark.attempts for mark in found.marks)
