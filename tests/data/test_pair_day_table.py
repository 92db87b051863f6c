"""The sums of pair-days, however often replaced, are those of the pair-days there are."""

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from data.day_numbers import EARLIEST, day_number
from data.models import EVERYTHING, Scope
from data.pair_day_table import Layout, PairDayTable

LAYOUT = Layout(("cluster", "service", "suite"), ("passed", "failed"), ("seconds",))
DAYS = ("2026-01-30", "2026-01-31", "2026-02-01", "2026-02-02")
FIRST, LAST = DAYS[0], DAYS[-1]
NAMES = ["cluster", "service", "day", "suite", "passed", "failed", "seconds"]

keys = st.tuples(st.sampled_from(("mira", "pavo")), st.sampled_from(("authn", "billing")), st.sampled_from(DAYS))
some_rows = st.dictionaries(
    keys,
    st.lists(st.tuples(st.sampled_from(("SANITY", "NEW")), st.integers(0, 9), st.integers(0, 9), st.integers(0, 9))),
    max_size=12,
)


def rows(found):
    return [
        (cluster, service, day_number(day), *one) for (cluster, service, day), ones in found.items() for one in ones
    ]


def held(frame: pd.DataFrame):
    """The rows of a frame in the order of the layout's words and numbers."""
    columns = [frame[name].tolist() for name in NAMES]
    return sorted(zip(*columns, strict=True))


@given(some_rows, some_rows, st.sampled_from(DAYS), st.sampled_from(DAYS), st.sampled_from(DAYS))
def test_replaced_rows_are_as_if_there_had_never_been_others(before, after, first, start, end):
    table = PairDayTable(LAYOUT).replaced((), rows(before), EARLIEST).replaced(set(after), rows(after), first)
    left = rows({key: found for key, found in (before | after).items() if key[2] >= first})
    asked = [row for row in left if day_number(start) <= row[2] <= day_number(end)]
    assert held(table.frame(EVERYTHING, start, end)) == sorted(asked)
    assert len(table) == len(left)
    until = table.until(end).frame(EVERYTHING, FIRST, LAST)
    assert held(until) == sorted(row for row in left if row[2] <= day_number(end))


@given(some_rows)
def test_scope_and_filters_leave_the_rest_out(found):
    table = PairDayTable(LAYOUT).replaced((), rows(found), EARLIEST)
    mine = Scope(clusters=frozenset({"mira", "unheard-of"}), services=frozenset({"authn"}))
    wanted = sorted(row for row in rows(found) if row[:2] == ("mira", "authn"))
    assert held(table.frame(mine, FIRST, LAST)) == wanted
    assert held(table.frame(EVERYTHING, FIRST, LAST, cluster_id="mira", service_id="authn")) == wanted
    assert held(table.frame(Scope(services=frozenset({"authn"})), FIRST, LAST, clusters=["mira"])) == wanted
    of_day = table.of_day(day_number(FIRST), mine)
    assert (len(of_day) if of_day else 0) == sum(row[2] == day_number(FIRST) for row in wanted)


def test_days_that_are_not_named_are_shared_by_the_next_table():
    before = PairDayTable(LAYOUT).replaced(
        (), rows({("mira", "authn", day): [("SANITY", 1, 0, 2)] for day in DAYS}), EARLIEST
    )  # fmt: skip
    after = before.replaced({("mira", "authn", LAST)}, (), EARLIEST)
    assert after.blocks[day_number(FIRST)] is before.blocks[day_number(FIRST)]
    assert day_number(LAST) not in after.blocks
