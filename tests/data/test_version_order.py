"""Which version is newer: semver where it is semver, else first appearance, else nobody knows."""

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from data.models import Trigger
from data.version_order import VersionOrder, precedence, version_order
from tests.read_model import PAVO, attempt, currents, pair_days

NOTHING = VersionOrder({})
NUMBERS = st.integers(0, 12)
PRE = st.one_of(st.just(""), st.from_regex(r"\A-(alpha|rc|x-1|[0-9])(\.(0|[1-9]|beta))?\Z"))
SEMVER = st.builds("{}.{}.{}{}".format, NUMBERS, NUMBERS, NUMBERS, PRE)


def test_the_order_is_the_one_semver_itself_gives_as_its_example():
    told = ["1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-alpha.beta", "1.0.0-beta", "1.0.0-beta.2", "1.0.0-beta.11",
            "1.0.0-rc.1", "1.0.0", "1.0.1", "1.10.0", "v2.0.0"]  # fmt: skip
    assert all(NOTHING.newer(later, sooner) is True for sooner, later in pairwise(told))
    assert all(NOTHING.newer(sooner, later) is False for sooner, later in pairwise(told))


@settings(deadline=None)
@given(SEMVER, SEMVER, SEMVER)
def test_semver_is_ordered_the_same_way_round_from_both_sides_and_without_circles(one, two, three):
    if precedence(one) != precedence(two):
        assert NOTHING.newer(one, two) is not NOTHING.newer(two, one)
    if NOTHING.newer(one, two) and NOTHING.newer(two, three):
        assert NOTHING.newer(one, three)


def test_what_only_looks_like_semver_is_none():
    assert [precedence(one) for one in ("1.2", "01.2.3", "1.2.3-", "main-1.2.3", "1.2.3.4", "a1b2c3d")] == [None] * 6


def test_other_versions_are_ordered_by_when_they_were_first_seen():
    order = VersionOrder({"abc": "2026-02-01T00:00:00.000Z", "aaa": "2026-02-02T00:00:00.000Z"})
    assert order.newer("aaa", "abc") is True
    assert order.newer("abc", "aaa") is False
    assert order.newer("abc", "abc") is False
    assert order.newer("abc", "never-seen") is None


def test_builds_of_one_semver_are_told_apart_by_time_alone():
    order = VersionOrder({"1.0.0+1": "2026-02-01T00:00:00.000Z", "1.0.0+2": "2026-02-02T00:00:00.000Z"})
    assert order.newer("1.0.0+2", "1.0.0+1") is True
    assert NOTHING.newer("1.0.0+2", "1.0.0+1") is None


def test_a_rollback_does_not_make_an_old_build_new():
    told = [
        attempt("2026-02-01T10:00:00Z", cluster_id=PAVO, build_version="old"),
        attempt("2026-02-02T10:00:00Z", build_version="new"),
        attempt("2026-02-03T10:00:00Z", build_version="old", trigger=Trigger.ROLLBACK),
    ]
    order = version_order(currents(pair_days(told)).values())
    assert order.newer("old", "new") is False
    only_back = version_order(currents(pair_days(told[1:])).values())
    assert only_back.newer("old", "new") is None
