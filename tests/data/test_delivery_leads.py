"""The times of commits as columns keep them: nothing is lost, and little is kept."""

from hypothesis import given
from hypothesis import strategies as st

from data.delivery_leads import commit_times, commit_words, leads
from data.instants import epoch, to_instant
from data.models import Commit

MOMENTS = st.none() | st.datetimes().map(lambda at: at.replace(year=2000 + at.year % 70)).map(
    lambda at: to_instant(at.astimezone())
)


@given(head=MOMENTS, moments=st.lists(MOMENTS, max_size=5))
def test_the_times_of_all_commits_come_back_to_the_second(head, moments):
    words = commit_words([Commit("a", moment) for moment in moments], head)
    committed = epoch(head) if head else None
    expected = [epoch(one) if one else None for one in moments] or [committed]
    assert commit_times(words, committed) == expected


def test_a_head_commit_that_is_the_only_one_costs_nothing():
    at = "2026-02-24T10:00:00.000Z"
    assert commit_words([Commit("a", at)], at) == commit_words([], at) == ""
    assert commit_words([Commit("a", "2026-02-24T09:59:00.000Z"), Commit("b", at)], at) == "1o 0"


def test_what_is_left_out_of_lead_time_is_counted_by_reason():
    assert leads("x 0", 1_000_000, 1_090_000) == ([90], {"no_commit_time": 1})
    assert leads("", 1_000_000, None) == ([], {"no_end": 1})
    assert leads("", None, None) == ([], {"no_commit_time": 1})
    assert leads("", 2_000_000, 1_000_000) == ([], {"clock_skew": 1})
