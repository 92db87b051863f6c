"""Reasons that say the same count as one; what makes each its own is folded and nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.failure_reasons import EXAMPLES, LONGEST, OTHERS_KEY, TOP, folded, grouped, key_of


@pytest.mark.parametrize(
    ("reason", "service", "says"),
    [
        ("pod x-123 not ready", "", "pod … not ready"),
        ("pod authn-7d9f8b6c5-x2x4z not ready", "authn", "pod … not ready"),
        ("OOMKilled: container search used more than its limit of 512Mi", "search",
         "OOMKilled: container … used more than its limit of #Mi"),
        ("OOMKilled: container search used more", "billing", "OOMKilled: container search used more"),
        ("missing environment variable API_GATEWAY_CACHE_URL", "api-gateway", "missing environment variable …"),
        ("Database migration 021_add_index failed", "", "Database migration … failed"),
        ("regression: 4 of 650 tests", "authn", "regression: # of # tests"),
        ("exit code 137", "", "exit code 137"),
        ("GET /healthz answered 503 after 30 s", "", "GET /healthz answered 503 after # s"),
        ("dial tcp 10.0.0.3:5432: refused", "", "dial tcp …: refused"),
        ("connect to db.prod.example.com:5432 refused", "", "connect to … refused"),
        ("image sha256:deadbeef12 not found at https://reg.x/y?z=1", "", "image … not found at …"),
        ("at 2026-02-24T10:00:00Z: stopped", "", "at …: stopped"),
        ("id 123e4567-e89b-12d3-a456-426614174000 gone", "", "id … gone"),
        ("first line\nsecond 42", "", "first line"),
        ("  much \t room  ", "", "much room"),
        ("accede to the deadline", "", "accede to the deadline"),
        ("", "authn", "no reason given"),
        ("\n\n", "authn", "no reason given"),
    ],
)  # fmt: skip
def test_names_and_numbers_are_folded(reason, service, says):
    assert folded(reason, service) == says


@given(st.text(max_size=2000), st.from_regex(r"[a-z0-9][a-z0-9._-]{0,20}", fullmatch=True))
def test_any_text_folds_to_one_bounded_line_that_folds_no_further(reason, service):
    once = folded(reason, service)
    assert once
    assert "\n" not in once
    assert len(once) <= LONGEST * 2


def test_reasons_that_say_the_same_count_as_one_with_what_was_sent():
    found = grouped([
        ("pod x-1 not ready", "x", False, 2), ("Pod y-22 not ready", "y", True, 1), (None, "x", False, 1),
        ("", "x", False, 1),
    ])  # fmt: skip
    first, second = found.top
    assert (first.words, first.failed, first.rolled_back, first.attempts) == ("pod … not ready", 2, 1, 3)
    assert first.examples == (("pod x-1 not ready", 2), ("Pod y-22 not ready", 1))
    assert (second.key, second.words, second.attempts, second.examples) == ("none", "no reason given", 2, ())
    assert found.others is None


def test_the_most_frequent_are_named_and_the_others_counted():
    found = grouped([(word * 3, "x", word > "f", ord("z") - ord(word)) for word in "abcdefghijk"])
    assert [one.words for one in found.top] == [word * 3 for word in "abcdefgh"[:TOP]]
    assert found.others is not None
    assert (found.others.key, found.others.words, found.other_kinds) == (OTHERS_KEY, "3 other reasons", 3)
    assert (found.others.failed, found.others.rolled_back) == (0, 17 + 16 + 15)
    assert sum(one.attempts for one in found.all) == sum(ord("z") - ord(word) for word in "abcdefghijk")


def test_equally_frequent_reasons_have_an_order_of_their_own():
    said = [("b", "x", False, 1), ("a", "x", False, 1)]
    assert [one.words for one in grouped(said).top] == [one.words for one in grouped(said[::-1]).top] == ["a", "b"]


def test_only_so_many_examples_are_kept():
    found = grouped([(f"pod x-{n} not ready", "x", False, 1) for n in range(50)])
    assert len(found.top[0].examples) == EXAMPLES


def test_a_key_names_the_words_whatever_their_case():
    assert key_of("Image Pull") == key_of("image pull") != key_of("image push")
