"""States are always readable without seeing colours."""

from components import badges
from data.models import Gate, Health, Outcome, Status, Verdict
from tests.facts import a_gate, an_attempt
from tests.reading import hrefs, with_class, words


def test_a_cancelled_attempt_is_not_shown_as_failed():
    shown = badges.attempt_badge(an_attempt(status=Status.FAILED, cancelled=True))
    assert words(shown) == "Cancelled"


def test_health_has_a_word():
    assert words(badges.health_badge(Health.ATTENTION)) == "Needs attention"


def test_gates_keep_their_order_and_say_what_each_letter_means():
    gates = [a_gate("REGRESSION", failed=4, total=650), Gate("SANITY", Verdict.MISSING), a_gate(), a_gate("LOAD")]
    shown = badges.gates(gates, "mira:authn:1:1")
    assert [words(gate) for gate in with_class(shown, "gate")] == ["F", "S", "R", "L"]
    assert "Functional: passed, 420 of 420 tests." in words(shown)
    assert "Sanity: no data." in words(shown)
    assert "Regression: failed, 646 of 650 tests." in words(shown)
    assert hrefs(shown) == ["/builds/mira%3Aauthn%3A1%3A1#gates"]


def test_a_gate_without_counts_claims_none():
    assert badges.gate_words(Gate("SANITY", Verdict.PASSED)) == "Sanity: passed"


def test_the_history_says_its_counts():
    outcomes = [Outcome("a", Status.SUCCESS), Outcome("b", Status.FAILED), Outcome("c", Status.SUCCESS),
                Outcome("d", Status.FAILED, cancelled=True)]  # fmt: skip
    shown = badges.history(outcomes)
    assert shown["props"]["role"] == "img"
    assert shown["props"]["aria-label"] == "Last 4 attempts: 2 success, 1 failed, 1 cancelled"
    assert len(with_class(shown, "outcome")) == 4
