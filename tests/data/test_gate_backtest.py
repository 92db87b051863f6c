"""What a rule would have done to past deployments: golden cases, and against a search through the raw attempts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.day_numbers import milliseconds
from data.deployed import Deployed
from data.gate_backtest import evidence, judged
from data.models import SUCCESSFUL, Attempt, Gate, Verdict
from data.quality_views import BackTestRule
from tests.data.quality_worlds import FAILED, SUITES, frame, tried, word, worlds
from tests.data.test_gate_cases import at, verdict
from tests.read_model import AQUILA, MIRA, PAVO, gate

HOUR = 3_600_000
SANITY = BackTestRule(("SANITY",))


def judge(rule: BackTestRule, *attempts: Attempt, hour: int = 20, before: tuple[str, ...] = (PAVO,)):
    one = Deployed(AQUILA, "authn", "1.0.0", at(hour), False)
    return judged(rule, one, before, evidence(frame(list(attempts)), rule.suites))


def there(hour: int, *gates: Gate, **changes: object) -> Attempt:
    return tried(hour, cluster_id=PAVO, gates=gates, **changes)


def test_a_version_never_tried_in_the_stage_before_is_held_back_for_everything_the_rule_asks():
    found = judge(BackTestRule(("SANITY",), soak_hours=4), tried(1, gates=word("SANITY", Verdict.PASSED)))
    assert (found.reasons, found.soaked, found.missing) == (("not_before", "suite:SANITY:none"), None, None)


def test_the_last_word_of_the_suite_counts():
    assert judge(SANITY, there(1, gate("SANITY", failed=1)), there(2, gate("SANITY"))).reasons == ()
    spoilt = judge(SANITY, there(1, gate("SANITY")), there(2, gate("SANITY", failed=1)), there(3))
    assert spoilt.reasons == ("suite:SANITY:failed",)


@pytest.mark.parametrize(("rate", "reasons"), [
    (99.7, ()), (99.8, ("suite:SANITY:failed",)), (100.0, ("suite:SANITY:failed",)),
])  # fmt: skip
def test_a_minimum_is_held_to_the_tenth_of_a_percent(rate, reasons):
    rule = BackTestRule(("SANITY",), min_rate=rate)
    assert judge(rule, there(1, gate("SANITY", total=1000, failed=2, skipped=1))).reasons == reasons


def test_a_suite_without_counts_does_not_show_a_minimum():
    passed = there(1, *word("SANITY", Verdict.PASSED))
    assert judge(BackTestRule(("SANITY",), min_rate=50.0), passed).reasons == ("suite:SANITY:none",)
    assert judge(SANITY, passed).reasons == ()


def test_soak_counts_from_the_end_of_the_first_success_there():
    rule = BackTestRule(soak_hours=12)
    found = judge(rule, there(1, **FAILED), there(10), there(15))
    assert found.reasons == ("soak",)
    assert (found.soaked, found.missing) == (10 * HOUR - 600_000, 2 * HOUR + 600_000)
    assert judge(rule, there(7)).reasons == ()


def test_of_several_ways_the_one_that_shows_most_counts():
    assert judge(SANITY, there(1, gate("SANITY")), before=(MIRA, PAVO)).reasons == ()


def test_what_came_after_the_deployment_shows_nothing():
    assert judge(SANITY, there(21, gate("SANITY"))).reasons == ("not_before", "suite:SANITY:none")


RULES = st.builds(
    BackTestRule, st.lists(st.sampled_from(SUITES), unique=True).map(tuple), st.none(),
    st.none() | st.integers(0, 100).map(float),
)  # fmt: skip


@given(worlds(), RULES, st.integers(0, 200))
def test_judgements_are_those_of_a_search_through_the_attempts(attempts, rule, hour):
    mine = [
        one for one in sorted(attempts, key=lambda one: one.started_at)
        if (*one.pair, one.build_version) == (PAVO, "authn", "1.0.0") and milliseconds(one.started_at) <= at(hour)
        and not one.cancelled
    ]  # fmt: skip
    ends = [
        milliseconds(one.ended_at or one.started_at) for one in mine if one.status in SUCCESSFUL
    ]  # fmt: skip
    served = min((end for end in ends if end <= at(hour)), default=None)
    expected = [] if served is not None else ["not_before"]
    for suite in rule.suites:
        words = [said for one in mine if (said := verdict(one, suite)) is not None]
        if not words:
            expected.append(f"suite:{suite}:none")
        elif words[-1] is not Verdict.PASSED:
            expected.append(f"suite:{suite}:failed")
    if served is not None and rule.soak_hours is not None and at(hour) - served < rule.soak_hours * HOUR:
        expected.append("soak")
    assert list(judge(rule, *attempts, hour=hour).reasons) == expected


@given(worlds(), RULES, st.integers(0, 200))
def test_a_stricter_rule_never_lets_more_go(attempts, rule, hour):
    stricter = BackTestRule(SUITES, None, 100.0)
    if judge(rule, *attempts, hour=hour).reasons:
        assert judge(stricter, *attempts, hour=hour).reasons
