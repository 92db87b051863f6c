"""One attempt in full: the reason first, gaps honest, contradictions visible, foreign links checked."""

from dataclasses import replace
from typing import Any

from components import build_views
from data.events import DeploymentEvent, TestResultEvent, sealed, to_claim
from data.models import Build, Claim, Commit, FailedTest, Gate, Status, Verdict
from data.views import BuildDetail
from tests.facts import a_gate, a_promotion, a_run, an_attempt, at
from tests.reading import hrefs, words


def detail(**changes: Any) -> BuildDetail:
    attempt = changes.pop("attempt", an_attempt())
    empty = dict.fromkeys(("runs", "gates", "claims", "siblings", "promotions", "incidents"), ())
    return BuildDetail(**({"attempt": attempt, "serving": False} | empty | changes))


def claim(source: str, minute: int, **changes: Any) -> Claim:
    values = {
        "source": source, "event_time": at(minute), "attempt_id": "mira-us-west-2:authn:3.4.2:1",
        "cluster_id": "mira-us-west-2", "service_id": "authn", "build_version": "3.4.2",
        "status": Status.SUCCESS, "started_at": at(0), "received_at": at(minute),
    } | changes  # fmt: skip
    return to_claim(sealed(DeploymentEvent(**values)))


def test_the_failure_and_the_failed_gate_come_first():
    attempt = an_attempt(status=Status.FAILED, failure_reason="image pull")
    shown = build_views.headline(detail(attempt=attempt, gates=(a_gate("REGRESSION", failed=4, total=650),)))
    assert words(shown) == "Failed image pull Regression: failed, 646 of 650 tests"


def test_a_missing_gate_has_no_pass_rate():
    shown = words(build_views.gates_table((Gate("SANITY", Verdict.MISSING),)))
    assert "No data" in shown
    assert "%" not in shown


def test_a_pass_rate_leaves_the_skipped_out():
    gate = Gate("SANITY", Verdict.PASSED, total=110, passed=100, failed=0, skipped=10)
    assert "100" in words(build_views.gates_table((gate,)))
    assert "90.9" not in words(build_views.gates_table((gate,)))


def test_a_suite_that_ran_again_says_so_and_what_its_first_run_said():
    def told(verdict: Verdict, runs: int | None, turned: bool = False) -> str:
        return words(build_views.gates_table((Gate("SANITY", verdict, runs=runs, turned=turned),)))

    assert "2 runs, the first did not pass" in told(Verdict.PASSED, 2, turned=True)
    assert "2 runs, the first passed" in told(Verdict.FAILED, 2, turned=True)
    assert "3 runs, not all the same" in told(Verdict.PASSED, 3, turned=True)
    assert "2 runs, all the same" in told(Verdict.PASSED, 2)
    assert "run" not in told(Verdict.PASSED, 1)
    assert "run" not in told(Verdict.PASSED, None)


def test_a_run_without_counts_shows_dashes_and_its_report_is_linked_only_if_safe():
    run = a_run(an_attempt(), total=None, passed=None, failed=None, skipped=None, duration_sec=None)
    assert "no counts were sent" in words(build_views.runs_table((run,)))
    assert hrefs(build_views.runs_table((run,))) == ["https://reports.example.com/1"]
    assert hrefs(build_views.runs_table((replace(run, report_url="javascript:alert(1)"),))) == []


def test_the_ci_run_is_linked_only_if_safe():
    assert "https://ci.example.com/1" in hrefs(
        build_views.fact_list(an_attempt(run_url="https://ci.example.com/1"), None)
    )
    bad = build_views.fact_list(an_attempt(run_url="javascript:alert(1)"), None)
    assert not [href for href in hrefs(bad) if href.startswith("javascript")]
    assert "no link was sent" in words(bad)


def test_a_running_attempt_has_no_duration():
    shown = words(build_views.fact_list(an_attempt(status=Status.IN_PROGRESS, ended_at=None), None))
    assert "not finished" in shown


def test_what_sources_contradict_is_marked_and_a_status_moving_on_is_not():
    said = [
        claim("github", 1, status=Status.IN_PROGRESS, git_sha="aaaaaaa"),
        claim("argocd", 2, git_sha="bbbbbbb"),
    ]
    shown = words(build_views.claims_table(said))
    assert "Contradicted by another source gitSha aaaaaaa" in shown
    assert "Contradicted by another source gitSha bbbbbbb" in shown
    assert "Contradicted" not in words(build_views.claims_table([said[0], claim("github", 2, git_sha="aaaaaaa")]))


def test_the_siblings_lead_to_their_builds():
    sibling = an_attempt(cluster_id="pavo-us-west-2")
    assert hrefs(build_views.siblings_table((sibling,))) == [f"/builds/{sibling.attempt_id.replace(':', '%3A')}"]


def test_a_promotion_names_who_and_where():
    shown = words(build_views.promotion_steps((a_promotion(),)))
    assert "Succeeded" in shown
    assert "by rosa" in shown


def test_an_event_tells_the_names_of_failed_tests_and_leaves_their_messages_to_the_gate():
    result = TestResultEvent(
        source="junit", event_time=at(1), cluster_id="mira-us-west-2", service_id="authn", build_version="3.4.2",
        suite="SANITY", test_run_id="r", verdict=Verdict.FAILED, total=1, passed=0, failed=1,
        failed_tests=(FailedTest("a.b", "a long story"),),
    )  # fmt: skip
    shown = words(build_views.raw_events([to_claim(sealed(result))]))
    assert '"failedTests":["a.b"]' in "".join(shown.split())
    assert "a long story" not in shown


def test_a_commit_is_one_click_away_where_the_repository_is_known():
    attempt = an_attempt(git_sha="abc1234", commits=(Commit("def5678"),))
    repository = "https://git.example.com/identity/authn"
    shown = hrefs(build_views.fact_list(attempt, None, repository))
    assert {f"{repository}/commit/abc1234", f"{repository}/commit/def5678"} <= set(shown)
    assert not [one for one in hrefs(build_views.fact_list(attempt, None, "javascript:x")) if "commit" in one]


def test_the_commit_of_a_configuration_is_not_looked_for_in_the_services_repository():
    attempt, repository = an_attempt(git_sha="abc1234"), "https://git.example.com/identity/authn"
    build = Build("registry.example.com/authn@sha256:1", "fff0000")
    shown = [one for one in hrefs(build_views.fact_list(attempt, build, repository)) if "/commit/" in one]
    assert shown == [f"{repository}/commit/fff0000"]


def test_what_is_odd_about_a_running_attempt_is_said_first():
    attempt = an_attempt(status=Status.IN_PROGRESS, ended_at=None)
    shown = build_views.headline(detail(attempt=attempt), "Unusually long: more than twice the median.")
    assert words(shown).split() == ["In", "progress", "Unusually", "long:", "more", "than", "twice", "the", "median."]
