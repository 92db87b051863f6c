"""Search: names by any part, versions by their beginning, attempts by exact words; nothing outside the scope."""

import pytest

from data.models import EVERYTHING, Scope, Status
from data.search import HitKind, known, merged, of_attempts, words_of
from tests.read_model import MIRA, attempt, generation

SHA = "a1b2c3d4e5f60718293a4b5c6d7e8f9012345678"


@pytest.fixture
def gen():
    return generation(
        [
            attempt("2026-02-24T10:00:00Z", build_version="3.4.2", git_sha=SHA),
            attempt("2026-02-24T11:00:00Z", build_version="3.5.0", status=Status.FAILED),
            attempt("2026-02-24T10:30:00Z", service_id="billing", build_version="1.0.0"),
        ]
    )


def found(gen, text, scope=EVERYTHING):
    return [
        (hit.kind.value, hit.id.split(":")[2] if ":" in hit.id else hit.id) for hit in known(gen, scope, text, 20)
    ]


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("authn", [("service", "authn")]),
        ("ENTICAT", [("service", "authn")]),
        ("mira", [("cluster", MIRA)]),
        ("production", [("cluster", "aquila-us-west-2")]),
        ("3.", [("attempt", "3.4.2"), ("attempt", "3.5.0")]),
        ("a1b2", [("attempt", "3.4.2")]),
        ("nothing like it", []),
        ("authn 3.", [("attempt", "3.4.2"), ("attempt", "3.5.0")]),
        ("3.5 Authentic", [("attempt", "3.5.0")]),
        ("a1b2 mira", [("attempt", "3.4.2")]),
        ("billing mira", [("attempt", "1.0.0")]),
        ("billing 3.", []),
        ("authn nowhere 3.", []),
        ("auth authn", []),
        ("  ", []),
    ],
)
def test_a_text_finds(gen, text, ids):
    assert found(gen, text) == ids


def test_the_closest_name_comes_first(gen):
    assert found(gen, "b")[0] == ("service", "billing")


def test_nothing_outside_the_scope_is_found(gen):
    assert found(gen, "authn", Scope(services=frozenset({"billing"}))) == []
    assert found(gen, "3.", Scope(clusters=frozenset({"pavo-us-west-2"}))) == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("3.4.2", ["3.4.2"]),
        (" 3.4.2 ", ["3.4.2"]),
        (SHA, [SHA, "a1b2c3d"]),
        (SHA[:9].upper(), [SHA[:9].upper(), "a1b2c3d"]),
        ("mira-us-west-2:authn:3.4.2:1284", ["mira-us-west-2:authn:3.4.2:1284"]),
        ("two words", []),
        ("authn  3.4.2", ["3.4.2"]),
        ("3.4.2 3.4.2 3.5.0", ["3.4.2"]),
        (f"authn {SHA[:9]}", [SHA[:9], "a1b2c3d"]),
        ("x" * 400, []),
    ],
)
def test_the_exact_words_attempts_are_found_under(text, words):
    assert words_of(text) == words


def test_what_two_ways_find_is_shown_once(gen):
    one = attempt("2026-02-24T10:00:00Z", build_version="3.4.2", git_sha=SHA)
    hits = merged(known(gen, EVERYTHING, "3.4.2", 20), of_attempts(gen, [one]), 20)
    assert [(hit.kind, hit.title) for hit in hits] == [(HitKind.ATTEMPT, "Authentication 3.4.2")]


def test_of_what_a_word_finds_the_other_words_keep_their_own(gen):
    both = [attempt("2026-02-24T10:00:00Z"), attempt("2026-02-24T10:00:00Z", service_id="billing")]
    assert [hit.title for hit in of_attempts(gen, both, "billing 1.0.0")] == ["Billing 1.0.0"]
    assert len(of_attempts(gen, both, "1.0.0")) == 2
