"""What needs attention: what, where, why, since when, and one click to commit, CI run and report."""

from dataclasses import replace
from typing import Any

import pytest

from components.attention import SHOWN, attention_list, in_a_row, running_list
from data.models import EVERYTHING, Outcome, Status
from data.queries import overview
from tests.read_model import MIRA, NOW, PAVO, attempt, gate, generation
from tests.reading import hrefs, nodes, with_class, words

SHA = "0123456789abcdef"
PAST = [
    attempt("2026-02-20T10:00:00Z", build_version="1.0.0"),
    attempt("2026-02-21T10:00:00Z", build_version="1.1.0", status=Status.FAILED, failure_reason="image pull",
            git_sha=SHA, run_url="https://ci.example.com/7"),
    attempt("2026-02-21T12:00:00Z", cluster_id=PAVO, gates=(gate("SANITY", failed=2),), run_url="javascript:x"),
]  # fmt: skip
NAMES = {"authn": "Authentication", MIRA: "Mira", PAVO: "Pavo"}


def listed(past: Any = PAST, repository: str = "") -> Any:
    held = generation(past)
    services = {"authn": replace(held.services["authn"], repository=repository)}
    return attention_list(overview(held, EVERYTHING, NOW).attention, NAMES, services)


def row_of(tree: Any, place: str) -> Any:
    [row] = [one for one in nodes(tree, "Tr") if place in words(one)]
    return row


def test_it_says_what_where_why_and_what_still_serves():
    mira = row_of(listed(), "Mira")
    assert "Authentication Mira Failed" in words(mira)
    assert "failed: image pull" in words(mira)
    assert words(with_class(mira, "still")[0]) == "1.0.0"
    assert [href for href in hrefs(mira) if href.startswith("/builds/")]


def test_where_nothing_serves_it_says_so():
    assert words(with_class(row_of(listed(PAST[1:2]), "Mira"), "still")[0]) == "nothing"


def test_a_failed_gate_of_a_deployment_that_went_out_is_not_called_a_success():
    pavo = row_of(listed(), "Pavo")
    assert "Gate failed" in words(pavo)
    assert "Success" not in words(pavo)
    assert "sanity gate failed" in words(pavo)
    assert any(href.endswith("#gates") for href in hrefs(pavo))


@pytest.mark.parametrize(
    ("repository", "address"),
    [
        ("https://git.example.com/identity/authn", f"https://git.example.com/identity/authn/commit/{SHA}"),
        ("https://git.example.com/authn.git/", f"https://git.example.com/authn/commit/{SHA}"),
    ],
)
def test_the_commit_is_one_click_away_where_the_catalog_says_where_the_code_is(repository, address):
    assert address in hrefs(row_of(listed(repository=repository), "Mira"))


@pytest.mark.parametrize("repository", ["", "identity/authn", "javascript:x"])
def test_where_the_code_is_not_known_the_commit_is_named(repository):
    mira = row_of(listed(repository=repository), "Mira")
    assert SHA[:7] in words(mira)
    assert not [href for href in hrefs(mira) if SHA in href]


def test_what_is_not_known_is_a_dash_that_says_so_and_a_doubtful_address_no_link():
    pavo = row_of(listed(), "Pavo")
    assert "no CI run was named" in words(pavo)
    assert "no commit was named" in words(pavo)
    assert "no tests ran" in words(row_of(listed(), "Mira"))
    assert "https://ci.example.com/7" in hrefs(row_of(listed(), "Mira"))


def outcomes(letters: str) -> tuple[Outcome, ...]:
    kinds = {"s": Status.SUCCESS, "f": Status.FAILED, "r": Status.ROLLBACK, "p": Status.IN_PROGRESS}
    return tuple(Outcome(str(n), kinds.get(one, Status.FAILED), one == "c") for n, one in enumerate(letters))


@pytest.mark.parametrize(
    ("strip", "times"), [("", 0), ("s", 0), ("sf", 1), ("fsff", 2), ("sfcfrp", 3), ("fffs", 0), ("c", 0)]
)
def test_failures_in_a_row_pass_over_what_was_cancelled_or_still_runs(strip, times):
    assert in_a_row(outcomes(strip)) == times


def test_failures_in_a_row_are_said():
    past = [*PAST[:2], attempt("2026-02-22T10:00:00Z", build_version="1.1.1", status=Status.FAILED)]
    assert "2 in a row" in words(row_of(listed(past), "Mira"))
    assert "in a row" not in words(listed())


def test_what_runs_is_listed_with_its_start():
    held = generation([attempt("2026-02-24T11:00:00Z", status=Status.IN_PROGRESS)])
    shown = running_list(overview(held, EVERYTHING, NOW).in_progress, NAMES)
    assert "Authentication Mira 1.0.0 2026-02-24 11:00 UTC" in words(shown)


def test_more_than_fit_are_left_to_the_matrix():
    past = [attempt("2026-02-21T10:00:00Z", cluster_id=f"c{n}", status=Status.FAILED) for n in range(SHOWN + 3)]
    held = generation(past)
    tree = attention_list(overview(held, EVERYTHING, NOW).attention, {}, held.services)
    assert len(list(nodes(tree, "Tr"))) == SHOWN + 1


def test_it_has_a_caption_and_a_focusable_region_even_when_empty():
    tree = attention_list((), {}, {})
    assert list(nodes(tree, "Caption"))
    assert (tree["props"]["role"], tree["props"]["tabIndex"]) == ("region", "0")
