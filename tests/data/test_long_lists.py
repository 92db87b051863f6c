"""Long lists: every row once, newest first, and an end that says what it is."""

from dataclasses import dataclass, field

from hypothesis import given
from hypothesis import strategies as st

from data.long_lists import LongList
from data.models import Page

INSTANTS = st.lists(st.integers(0, 60).map(lambda second: f"2026-02-24T10:00:{second:02d}.000Z"))


@dataclass
class Shelf:
    """A list of instants, newest first, a page of which may be shorter than asked for; and what was read of it."""

    rows: list[str]
    sparse: int = 0  # every so many reads find nothing
    reads: list[int] = field(default_factory=list)

    def fetch(self, limit: int, cursor: str | None) -> Page[str]:
        """Rows from the place the cursor names."""
        self.reads.append(limit)
        start = int(cursor or 0)
        if self.sparse and len(self.reads) % self.sparse:
            return Page([], str(start))
        found = self.rows[start : start + limit]
        return Page(found, str(start + limit) if start + limit < len(self.rows) else None)


def shelves(*lists: list[str]) -> list[Shelf]:
    return [Shelf(sorted(rows, reverse=True)) for rows in lists]


def read(of: list[Shelf], most: int = 10_000) -> LongList[str]:
    return LongList([one.fetch for one in of], lambda instant: instant, most)


@given(st.lists(INSTANTS, max_size=5))
def test_every_row_of_every_list_comes_once_newest_first(lists):
    found = read(shelves(*lists))
    assert list(found) == sorted((one for rows in lists for one in rows), reverse=True)
    assert not found.cut


@given(st.lists(INSTANTS, min_size=1, max_size=5), st.integers(1, 20))
def test_a_cut_list_has_the_newest_rows_and_says_that_it_is_cut(lists, most):
    everything = sorted((one for rows in lists for one in rows), reverse=True)
    found = read(shelves(*lists), most)
    assert list(found) == everything[:most]
    assert found.cut == (len(everything) > most)


def test_a_page_is_read_only_when_its_rows_are_asked_for():
    instants = [f"2026-02-24T10:{n // 60 % 60:02d}:{n % 60:02d}.000Z" for n in range(1000)]
    (shelf,) = shelves(instants)
    rows = iter(read([shelf]))
    assert next(rows) == max(instants)
    assert len(shelf.reads) == 1
    assert len([next(rows) for _ in range(300)]) == 300
    assert len(shelf.reads) == 2


def test_many_lists_are_read_in_smaller_pages_so_that_few_rows_wait():
    many = shelves(*[[f"2026-02-24T10:00:{n:02d}.000Z" for n in range(60)] for _ in range(100)])
    found = read(many)
    assert len(list(found)) == 6000
    assert max(limit for shelf in many for limit in shelf.reads) * len(many) <= 4000


def test_where_matches_are_too_far_apart_reading_ends_and_what_was_given_is_complete():
    near, far = shelves(["2026-02-24T10:00:09.000Z", "2026-02-24T10:00:01.000Z"], ["2026-02-24T10:00:05.000Z"] * 900)
    far.sparse = 90
    found = read([near, far], most=1000)
    given_out = list(found)
    assert found.cut
    assert given_out == sorted([*near.rows, *far.rows], reverse=True)[: len(given_out)]
    assert len(near.reads) + len(far.reads) == 12  # one a list, and twice as many as the rows would need


def test_no_list_is_an_empty_one():
    found = read([])
    assert list(found) == []
    assert not found.cut
