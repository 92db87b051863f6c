"""What gates said and how it turned out: golden cases, and held against a walk over the attempts one by one."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from data.deployed import Deployed, Deployments
from data.gate_cases import decided, failures, turns, words_before
from data.models import Attempt, Verdict
from data.quality_views import CaseKind
from tests.data.quality_worlds import SUITES, frame, judged, pairs, tried, word, worlds
from tests.read_model import AQUILA, MIRA, PAVO

BAD, GOOD = word("SANITY", Verdict.FAILED), word("SANITY", Verdict.PASSED)
HOUR = 3_600_000


def deployment(hour: int, failed: bool = False, version: str = "1.0.0") -> Deployed:
    return Deployed(AQUILA, "authn", version, at(hour), failed)


def at(hour: int) -> int:
    return int(frame([tried(hour)])["started"].iloc[0])


def kinds(*attempts: Attempt, deployed: tuple[Deployed, ...] = ()) -> list[CaseKind]:
    return decided(failures(frame(list(attempts))), columns(*deployed))[0]


def columns(*deployed: Deployed) -> Deployments:
    """Deployments of one service, oldest first."""
    clusters, versions = (sorted({getattr(one, name) for one in deployed}) for name in ("cluster_id", "version"))
    return Deployments(
        "authn", clusters, versions,
        np.array([clusters.index(one.cluster_id) for one in deployed], dtype=np.int16),
        np.array([versions.index(one.version) for one in deployed], dtype=np.int32),
        np.array([one.started for one in deployed], dtype=np.int64),
        np.array([one.failed for one in deployed], dtype=np.bool_),
    )  # fmt: skip


def test_a_version_that_was_given_up_after_its_gate_failed_is_a_catch():
    assert kinds(tried(1, gates=BAD), tried(2, build_version="1.1.0")) == [CaseKind.CATCH]


def test_while_it_is_still_the_newest_there_nothing_is_decided():
    assert kinds(tried(1, gates=BAD), tried(2, build_version="1.1.0", cluster_id=PAVO)) == [CaseKind.UNDECIDED]


def test_a_gate_that_failed_and_then_passed_unchanged_was_a_false_alarm_once_however_often_it_failed():
    again = [tried(1, gates=BAD), tried(2, gates=BAD), tried(3, gates=GOOD), tried(4, gates=BAD)]
    assert kinds(*again) == [CaseKind.FALSE_ALARM]


def test_production_that_took_the_version_nevertheless_decides():
    assert kinds(tried(1, gates=BAD), deployed=(deployment(2),)) == [CaseKind.FALSE_ALARM]
    assert kinds(tried(1, gates=BAD), deployed=(deployment(2, True),)) == [CaseKind.OVERRULED]
    earlier = kinds(tried(3, gates=BAD), tried(4, build_version="2"), deployed=(deployment(2),))
    assert earlier == [CaseKind.CATCH]


def test_partial_missing_and_cancelled_words_are_no_failure():
    attempts = [
        tried(1, gates=word("SANITY", Verdict.PARTIAL)), tried(2, gates=word("SANITY", Verdict.MISSING)),
        tried(3, gates=BAD, cancelled=True),
    ]  # fmt: skip
    assert kinds(*attempts) == []


def escapes(*attempts: Attempt, failed: Deployed) -> list[tuple[str, bool]]:
    return [(suite, passed) for _, suite, passed in words_before(frame(list(attempts)), [failed])]


def test_a_change_failure_whose_version_a_suite_had_passed_everywhere_is_an_escape():
    assert escapes(tried(1, gates=GOOD), tried(2, gates=GOOD, cluster_id=PAVO), failed=deployment(5, True)) == [
        ("SANITY", True)
    ]
    assert escapes(tried(1, gates=BAD), tried(2, gates=GOOD), failed=deployment(5, True)) == [("SANITY", True)]
    assert escapes(tried(1, gates=BAD), tried(2, gates=GOOD, cluster_id=PAVO), failed=deployment(5, True)) == [
        ("SANITY", False)
    ]


def test_what_was_tested_after_the_deployment_says_nothing_of_it():
    assert escapes(tried(6, gates=GOOD), failed=deployment(5, True)) == []
    assert escapes(tried(1), failed=deployment(5, True)) == []


def verdict(attempt: Attempt, suite: str) -> Verdict | None:
    found = None if attempt.cancelled else next((one.verdict for one in attempt.gates if one.suite == suite), None)
    return None if found is Verdict.MISSING else found


def slowly(attempts: list[Attempt], suite: str) -> set[tuple[str, str, bool]]:
    """(first failed attempt, where it passed later or "", whether another version came since)."""
    found = {}
    for of_pair in pairs(attempts):
        for place, one in enumerate(of_pair):
            if verdict(one, suite) is Verdict.FAILED and (*one.pair, one.build_version) not in found:
                later = of_pair[place + 1 :]
                mine = (other for other in later if other.build_version == one.build_version)
                passed = next((other.attempt_id for other in mine if verdict(other, suite) is Verdict.PASSED), "")
                other = any(other.build_version != one.build_version for other in later)
                found[*one.pair, one.build_version] = (one.attempt_id, passed, other)
    return set(found.values())


@given(worlds(), st.sampled_from(SUITES))
def test_cases_are_those_found_one_by_one(attempts, suite):
    rows = failures(frame(attempts)).to_dict("records")
    assert slowly(attempts, suite) == {
        (f"{build}:{row['number']}", f"{build}:{row['passed']}" if row["passed_at"] >= 0 else "", row["superseded"])
        for row in rows
        if row["suite"] == suite
        for build in [f"{row['cluster']}:{row['service']}:{row['version']}"]
    }


def turned_slowly(attempts: list[Attempt], suite: str) -> set[tuple[str, str]]:
    """(first attempt on which a run did not pass, where it passed), of those where it did."""
    first: dict[tuple[str, str, str], Attempt] = {}
    found: dict[tuple[str, str, str], tuple[str, str]] = {}
    for one in (one for of_pair in pairs(attempts) for one in of_pair):
        build, word = (*one.pair, one.build_version), verdict(one, suite)
        within = any(gate.suite == suite and gate.turned for gate in one.gates) and word is Verdict.PASSED
        if word is Verdict.FAILED or within:
            first.setdefault(build, one)
        if word is Verdict.PASSED and build in first:
            found.setdefault(build, (first[build].attempt_id, one.attempt_id))
    return set(found.values())


@given(worlds(), st.sampled_from(SUITES))
def test_what_failed_and_passed_unchanged_is_found_one_by_one(attempts, suite):
    assert turned_slowly(attempts, suite) == {
        (f"{build}:{row['number']}", f"{build}:{row['passed']}")
        for row in turns(frame(attempts)).to_dict("records")
        if row["suite"] == suite
        for build in [f"{row['cluster']}:{row['service']}:{row['version']}"]
    }


def test_a_suite_that_passed_when_it_ran_again_on_one_attempt_is_no_case_of_its_gate():
    again = [tried(1, gates=judged("SANITY", (Verdict.FAILED, Verdict.PASSED)))]
    assert kinds(*again) == []
    [row] = turns(frame(again)).to_dict("records")
    assert (row["number"], row["started"]) == (row["passed"], row["passed_at"])


@given(worlds((MIRA, PAVO)), st.integers(0, 200))
def test_escapes_are_those_found_one_by_one(attempts, hour):
    one = deployment(hour, True)
    last = {
        (gate.suite, attempt.cluster_id): verdict(attempt, gate.suite)
        for attempt in sorted(attempts, key=lambda attempt: attempt.started_at)
        for gate in attempt.gates
        if (attempt.service_id, attempt.build_version) == ("authn", "1.0.0")
        and frame([attempt])["started"].iloc[0] <= one.started
        and verdict(attempt, gate.suite) is not None
    }
    expected = {
        (suite, all(said is Verdict.PASSED for (of, _), said in last.items() if of == suite)) for suite, _ in last
    }
    assert set(escapes(*attempts, failed=one)) == expected
