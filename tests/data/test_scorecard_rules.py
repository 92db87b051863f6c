"""Rules of the score card: what a cell says, which level is earned, what is missing for the next."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.catalog_models import Service
from data.definitions import ANCHORS
from data.scorecard_metrics import KINDS, METRICS, Rows
from data.scorecard_models import LEVELS, Exemption, Level, ScoreRule
from data.scorecard_numbers import MEASURES
from data.scorecard_rules import AGAINST, in_order, level_of, narrowed, next_of, service_card, shown, teams
from data.scorecard_views import Card, CardFilter, Cell, Measured, Outcome
from data.scorecard_words import amount, asked, lacking

DAY = "2026-02-24"
AUTHN = Service("authn", "AuthN", "Identity", "Tier 1")


def rule(rule_id: str, level: Level = Level.BRONZE, **changes: object) -> ScoreRule:
    """A rule on the share of attempts that succeed."""
    values = {"title": rule_id, "metric": "attempt_success_rate", "operator": ">=", "threshold": 90.0} | changes
    return ScoreRule(rule_id, level=level, **values)  # type: ignore[arg-type]  # by name


def judged(rules: list[ScoreRule], numbers: dict[str, Measured], *exemptions: Exemption, of: Service = AUTHN):
    given = {(one.rule_id, one.service_id): one for one in exemptions}
    return service_card(of, in_order(rules), given, numbers, DAY)


def exempt(rule_id: str, expires: str) -> Exemption:
    return Exemption(rule_id, "authn", "moves", "ada", expires)


def test_every_metric_of_the_registry_can_be_measured_and_no_other():
    assert set(MEASURES) == set(METRICS)
    assert len(METRICS) == len(KINDS)
    assert {one.rows for one in KINDS} <= set(Rows)


def test_every_metric_is_defined_on_the_page_of_definitions():
    assert {one.anchor for one in KINDS} <= ANCHORS


@pytest.mark.parametrize(
    ("measured", "outcome", "reason", "gap"),
    [
        (Measured(90.0, 10), Outcome.PASS, None, None),
        (Measured(87.5, 10), Outcome.FAIL, None, 2.5),
        (Measured(None, 0, "no_attempts"), Outcome.NO_DATA, "no_attempts", None),
        (Measured(100.0, 4), Outcome.NO_DATA, "small_sample", None),
        (None, Outcome.NO_DATA, "not_measured", None),
    ],
)
def test_a_cell_passes_fails_or_says_why_it_cannot_tell(measured, outcome, reason, gap):
    card = judged([rule("a", least_n=5)], {} if measured is None else {"a": measured})
    cell = card.cell("a")
    assert (cell.outcome, cell.reason, cell.gap) == (outcome, reason, gap)


def test_a_value_of_which_only_a_bound_is_known_is_judged_where_the_bound_decides():
    behind = rule("a", metric="versions_behind", operator="<=", threshold=2.0)
    outcomes = [
        judged([behind], {"a": Measured(value, at_least=True)}).cell("a").outcome for value in (1.0, 2.0, 3.0)
    ]
    assert outcomes == [Outcome.NO_DATA, Outcome.NO_DATA, Outcome.FAIL]
    enough = rule("a", operator=">=", threshold=2.0)
    assert judged([enough], {"a": Measured(2.0, at_least=True)}).cell("a").outcome is Outcome.PASS


def test_a_level_wants_all_rules_of_it_and_of_those_below():
    rules = [rule("gold", Level.GOLD), rule("bronze"), rule("silver", Level.SILVER)]
    good, bad = Measured(95.0, 9), Measured(80.0, 9)
    assert judged(rules, dict.fromkeys(("bronze", "silver", "gold"), good)).level is Level.GOLD
    card = judged(rules, {"bronze": good, "silver": bad, "gold": good})
    assert (card.level, card.next_level, card.missing) == (Level.BRONZE, Level.SILVER, ("silver",))
    assert judged(rules, {"bronze": bad, "silver": good, "gold": good}).level is None


def test_no_data_earns_nothing_and_neither_do_exemptions_or_being_asked_nothing():
    assert judged([rule("a")], {"a": Measured(None, 0, "no_attempts")}).level is None
    assert judged([rule("a")], {"a": Measured(10.0, 9)}, exempt("a", DAY)).level is None
    nobody = judged([rule("a", teams=("Commerce",))], {"a": Measured(99.0, 9)})
    assert (nobody.level, nobody.next_level, nobody.cell("a").outcome) == (None, None, Outcome.NOT_ASKED)


def test_an_exempt_rule_counts_neither_for_nor_against_until_its_last_day_is_over():
    rules, numbers = [rule("a"), rule("b")], {"a": Measured(99.0, 9), "b": Measured(10.0, 9)}
    card = judged(rules, numbers, exempt("b", DAY))
    assert (card.cell("b").outcome, card.cell("b").value, card.level) == (Outcome.EXEMPT, 10.0, Level.BRONZE)
    over = judged(rules, numbers, exempt("b", "2026-02-23"))
    assert (over.cell("b").outcome, over.cell("b").expired, over.level) == (Outcome.FAIL, True, None)


def test_the_nearest_rule_of_the_next_level_comes_first_and_what_nobody_knows_last():
    rules = [rule("far"), rule("unknown"), rule("near"), rule("days", operator="<=", threshold=2.0)]
    numbers = {"far": Measured(45.0, 9), "near": Measured(89.0, 9), "days": Measured(3.0)}
    assert judged(rules, numbers).missing == ("near", "far", "days", "unknown")


def test_what_is_missing_is_said_in_the_unit_of_the_rule():
    rules = [rule("rate"), rule("count", metric="gates_missing", operator="<=", threshold=0.0), rule("none")]
    card = judged(rules, {"rate": Measured(87.25, 9), "count": Measured(3.0), "none": Measured(None, 0, "no_tests")})
    words = [lacking(card.cell(one.rule.rule_id), one) for one in shown(rules)]
    assert words == ["2.75 points more", "3 less", "a number is wanted: no tests ran"]


def test_an_amount_is_never_rounded_to_all_or_nothing():
    unit = METRICS["attempt_success_rate"].unit
    assert [amount(value, unit)[:-2] for value in (99.99, 100.0, 0.01, 0.0, 87.25)] == [
        "99.9",
        "100",
        "0.1",
        "0",
        "87.2",
    ]
    assert asked(rule("a"), unit).startswith("at least 90")


def test_teams_add_up_and_a_filter_leaves_levels_as_they_are():
    rules = [rule("a"), rule("b", Level.SILVER)]
    services = [
        judged(rules, {"a": Measured(95.0, 9), "b": Measured(value, 9)}, of=Service(name, name, team))
        for name, team, value in (("x", "One", 95.0), ("y", "One", 10.0), ("z", "", 95.0))
    ]
    one, nobody = teams(services)
    assert (one.team, one.services, one.lowest, one.levels[Level.SILVER], one.passed, one.asked) == (
        "One", 2, Level.BRONZE, 1, 3, 4,
    )  # fmt: skip
    assert nobody.team == ""
    card = Card(DAY, shown(rules), services, teams(services))
    left = narrowed(card, CardFilter(team="One", rule="a", level="Silver"))
    assert [(s.service_id, s.level) for s in left.services] == [("x", Level.SILVER)]
    assert [r.rule.rule_id for r in left.rules] == ["a"]


OUTCOMES = st.sampled_from(list(Outcome))
GRID = st.lists(st.tuples(st.sampled_from(LEVELS), OUTCOMES), max_size=8)


def cells_of(grid):
    rules = [rule(str(i), level) for i, (level, _) in enumerate(grid)]
    return rules, [Cell(str(i), outcome) for i, (_, outcome) in enumerate(grid)]


@given(GRID)
def test_a_level_is_earned_exactly_where_nothing_below_is_against_it_and_something_in_it_is_kept(grid):
    earned = level_of(*cells_of(grid))
    fitting = [
        level
        for place, level in enumerate(LEVELS)
        if not any(outcome in AGAINST for of, outcome in grid if LEVELS.index(of) <= place)
        and any(outcome is Outcome.PASS for of, outcome in grid if of is level)
    ]
    assert earned == (fitting[-1] if fitting else None)


@given(GRID, st.sampled_from(LEVELS))
def test_one_more_rule_that_is_kept_never_lowers_a_level(grid, level):
    before, after = level_of(*cells_of(grid)), level_of(*cells_of([*grid, (level, Outcome.PASS)]))
    assert place(after) >= place(before)


@given(GRID, st.integers(0, 7))
def test_an_exemption_from_what_is_not_kept_never_lowers_a_level(grid, at):
    if at < len(grid) and grid[at][1] in AGAINST:
        lifted = [(level, Outcome.EXEMPT if i == at else outcome) for i, (level, outcome) in enumerate(grid)]
        assert place(level_of(*cells_of(lifted))) >= place(level_of(*cells_of(grid)))


@given(GRID)
def test_the_next_level_is_above_what_is_earned_and_names_all_that_is_in_its_way(grid):
    rules, cells = cells_of(grid)
    following, missing = next_of(rules, cells)
    against = {one.rule_id for rule, one in zip(rules, cells, strict=True) if one.outcome in AGAINST}
    if following is None:
        assert against == set()
    else:
        assert place(following) > place(level_of(rules, cells))
        assert set(missing) == {r.rule_id for r in rules if r.level is following} & against


@given(st.sampled_from([">=", "<=", ">", "<", "="]), st.integers(-5, 5), st.integers(-5, 5), st.integers(0, 20))
def test_a_bound_decides_only_what_every_value_from_it_on_decides_alike(operator, threshold, least, more):
    one = rule("a", operator=operator, threshold=float(threshold))
    decided = one.keeps_from(float(least))
    if decided is not None:
        assert one.keeps(float(least + more)) is decided
        assert one.keeps(math.inf) is decided


def place(level: Level | None) -> int:
    return LEVELS.index(level) if level else -1
