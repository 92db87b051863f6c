"""Patterns and templates: what they find and make, and that no name takes them long."""

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.patterns import PatternError, check_pattern, check_template, fill, find, words_of

ALPHABET = "ab-/."
NAMES = st.text(ALPHABET, max_size=14)
LITERALS = st.text(ALPHABET, min_size=1, max_size=3)


@st.composite
def patterns(draw) -> list[str]:
    """The pieces of a pattern: literals and wild pieces by turns."""
    pieces: list[str] = []
    for place in range(draw(st.integers(0, 4))):
        wild = draw(st.sampled_from(["*", f"{{w{place}}}"]))
        pieces += [wild, draw(LITERALS)]
    return pieces[draw(st.integers(0, 1)) : len(pieces) - draw(st.integers(0, 1))]


@pytest.mark.parametrize(
    ("pattern", "name", "words"),
    [
        ("production", "production", {}),
        ("production", "Production", {}),
        ("production", "production-eu", None),
        ("*", "", {}),
        ("*", "anything\nat all", {}),
        ("{all}", "", None),
        ("{all}", "x", {"all": "x"}),
        ("acme/*", "acme/authn", {}),
        ("acme/*", "Acme/", {}),
        ("{org}/{repo}", "acme/authn", {"org": "acme", "repo": "authn"}),
        ("{org}/{repo}", "acme/", None),
        ("{app}-{stage}", "auth-n-prod", {"app": "auth", "stage": "n-prod"}),
        ("{app}-prod", "auth-prod-prod", {"app": "auth-prod"}),
        ("*-{region}", "aquila-us-west-2", {"region": "us-west-2"}),
        ("*.{x}.*", "a..b.c", {"x": ".b"}),
        ("deploy (*)", "deploy (eu)", {}),
        ("a.b", "axb", None),
        ("{payload.region}!", "eu!", {"payload.region": "eu"}),
        ("***", "x", {}),
    ],
)  # fmt: skip
def test_a_pattern_fits_a_whole_name_and_keeps_its_words(pattern: str, name: str, words: dict | None):
    assert find(pattern, name) == words


@pytest.mark.parametrize(
    "pattern", ["*{a}", "{a}*", "{a}{b}", "{a}-{a}", "{", "a}", "{}", "{1}", "{a b}", "{a:.3}", "a{*"]
)
def test_a_pattern_that_could_mean_two_things_is_refused(pattern: str):
    with pytest.raises(PatternError):
        check_pattern(pattern)


@pytest.mark.parametrize(
    ("template", "words", "made"),
    [
        ("prod", {}, "prod"),
        ("{stage}.{region}", {"stage": "a", "region": "eu"}, "a.eu"),
        ("{sha:.7}", {"sha": "0123456789"}, "0123456"),
        ("{sha:.70}", {"sha": "0123"}, "0123"),
        ("{a}", {"a": "{b}", "b": "x"}, "{b}"),
        ("{a}", {"a": r"\1"}, r"\1"),
        ("{a}", {}, None),
        ("{a}", {"a": ""}, None),
        ("{payload.region}", {"payload.region": "eu"}, "eu"),
    ],
)  # fmt: skip
def test_a_template_puts_words_together_and_makes_nothing_where_one_is_missing(
    template: str, words: dict[str, str], made: str | None
):
    assert check_template(template) == template
    assert fill(template, words) == made


@pytest.mark.parametrize("template", ["{", "}", "{}", "{a", "a}", "{a:3}", "{a:.1234}", "{a!r}", "{a[0]}", "{{a}}"])
def test_what_is_no_template_is_refused(template: str):
    with pytest.raises(PatternError):
        check_template(template)


@settings(max_examples=300, deadline=None)
@given(patterns(), NAMES)
def test_a_pattern_fits_exactly_where_trying_every_split_would(pieces: list[str], name: str):
    pattern = "".join(pieces)
    everything = "".join(
        ".*" if piece == "*" else ".+" if piece.startswith("{") else re.escape(piece) for piece in pieces
    )
    found = find(pattern, name)
    assert (found is not None) == (re.fullmatch(everything, name, re.DOTALL) is not None)
    assert found is None or set(found) == set(words_of(pattern))


@settings(max_examples=200, deadline=None)
@given(patterns(), NAMES)
def test_the_words_a_pattern_keeps_put_back_into_it_give_the_name(pieces: list[str], name: str):
    pattern = "".join(pieces)
    found = find(pattern, name)
    if found is not None and "*" not in pattern:
        assert fill(pattern, found) == name


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=40), st.text(max_size=40))
def test_any_text_is_a_pattern_or_is_refused_as_one(pattern: str, name: str):
    for check in (check_pattern, check_template):
        try:
            check(pattern)
        except PatternError as error:
            assert str(error)
        else:
            find(pattern, name) if check is check_pattern else fill(pattern, {"a": name})


@pytest.mark.parametrize(
    "pattern",
    [
        "*a" * 120 + "b",
        "".join(f"{{w{n}}}a" for n in range(40)) + "b",
        "*" + "a" * 200 + "b",
        "*aab" * 60,
        "{all}" + "a" * 120 + "*b",
    ],
)  # fmt: skip
def test_no_pattern_takes_long_on_a_name_made_to_delay_it(pattern: str):
    began = time.process_time()
    for length in (255, 256):
        assert find(pattern, "a" * length) is None
        assert find(pattern, "aa" * (length // 2) + "c") is None
    assert time.process_time() - began < 0.2  # trying every split would take longer than anybody lives
