"""The score card's part of the catalog's file: what it becomes, what is refused, and its way through the table."""

from pathlib import Path

import pytest

from data.catalog_entries import changes, describe, entries, to_catalog
from data.catalog_file import CatalogFileError, parse_catalog, read_catalog_file
from data.scorecard_models import LEVELS, Exemption, Level, ScoreRule

ROOT = Path(__file__).resolve().parents[2]
SERVICES = "services: [{id: authn, name: AuthN, team: Identity, tier: Tier 1}]\n"
RULE = "id: a, title: A, metric: gates_missing, operator: '<=', threshold: 0, level: Gold"
GIVEN = "rule: a, service: authn, reason: moves, approver: ada"


def ruled(*rules: str, exemptions: str = "") -> str:
    lines = "".join(f"    - {{{rule}}}\n" for rule in rules)
    return f"{SERVICES}scorecard:\n  rules:\n{lines}{exemptions}"


def complaint(text: str) -> str:
    with pytest.raises(CatalogFileError) as caught:
        parse_catalog(text, "catalog.yaml")
    return str(caught.value)


def test_rules_and_exemptions_are_read_and_come_back_from_the_table_in_their_order():
    text = ruled(
        RULE.replace("id: a", "id: z"), f"{RULE}, teams: [Identity], days: 7, least_n: 3, why: So",
        exemptions=f"  exemptions:\n    - {{{GIVEN}, expires: 2026-12-31}}\n",
    )  # fmt: skip
    catalog = parse_catalog(text)
    assert [rule.rule_id for rule in catalog.score_rules] == ["z", "a"]
    assert catalog.score_rules[1] == ScoreRule(
        "a", "A", "gates_missing", "<=", 0.0, Level.GOLD, "So", None, 7, 3, ("Identity",), ()
    )
    assert catalog.exemptions == (Exemption("a", "authn", "moves", "ada", "2026-12-31"),)
    assert to_catalog(entries(catalog)) == catalog


def test_a_change_of_a_rule_is_told_and_a_rule_that_left_goes():
    before, after = (parse_catalog(ruled(rule)) for rule in (RULE, RULE.replace("threshold: 0", "threshold: 2")))
    assert [describe(one) for one in changes(entries(before), entries(after))] == [
        "changed  score_rule a: threshold: 0.0 -> 2.0"
    ]
    assert [describe(one) for one in changes(entries(before), entries(parse_catalog(SERVICES)))] == [
        "removed  score_rule a"
    ]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (ruled(RULE.replace("gates_missing", "gates")), "yaml:4: scorecard.rules.0.metric: gates is no metric"),
        (ruled(RULE.replace("gates_missing", "pass_rate")), "scorecard.rules.0: needs suite"),
        (ruled(f"{RULE}, suite: SANITY"), "scorecard.rules.0.suite: says nothing here"),
        (ruled(RULE.replace("gates_missing", "pass_rate") + ", suite: LOAD"), "rules.0.suite: LOAD is no suite"),
        (ruled(RULE.replace("'<='", "'=<'")), "scorecard.rules.0.operator: "),
        (ruled(RULE.replace("Gold", "Platinum")), "scorecard.rules.0.level: "),
        (ruled(RULE.replace("threshold: 0", "threshold: .nan")), "scorecard.rules.0.threshold: "),
        (ruled(f"{RULE}, days: 0"), "scorecard.rules.0.days: "),
        (ruled(RULE, RULE), "catalog.yaml:5: scorecard.rules.1.id: 'a' is twice"),
        (ruled(f"{RULE}, teams: [Identiy]"), "rules.0.teams.0: Identiy is none of the teams"),
        (ruled(f"{RULE}, tiers: [Tier 9]"), "rules.0.tiers.0: Tier 9 is none of the tiers"),
        (ruled(RULE, exemptions=f"  exemptions: [{{{GIVEN}}}]"), "scorecard.exemptions.0.expires: Field required"),
        (ruled(RULE, exemptions=f"  exemptions: [{{{GIVEN}, expires: 2026-12-31T00:00:00Z}}]"), "without a time"),
        (ruled(RULE, exemptions=f"  exemptions: [{{{GIVEN}, expires: soon}}]"), "must be a date"),
        (ruled(RULE, exemptions=f"  exemptions: [{{{GIVEN.replace('rule: a', 'rule: b')}, expires: 2026-12-31}}]"),
         "exemptions.0.rule: b is none of the rules above"),
        (ruled(RULE, exemptions=f"  exemptions: [{{{GIVEN.replace('authn', 'authx')}, expires: 2026-12-31}}]"),
         "exemptions.0.service: authx is none of the services above"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_by_line_and_field(text: str, told: str):
    assert told in complaint(text)


def test_the_demo_has_rules_of_every_level_and_an_exemption_that_is_over():
    catalog = read_catalog_file(ROOT / "catalog.yaml")
    assert {rule.level for rule in catalog.score_rules} == set(LEVELS)
    assert 8 <= len(catalog.score_rules) <= 12
    assert {one.holds_on("2026-11-23") for one in catalog.exemptions} == {True, False}
