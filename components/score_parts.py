"""The score card's other tables: teams, what is asked, and who need not keep it."""

from collections.abc import Mapping, Sequence

from components.links import Query, link, page_path, service_path
from components.panel import number_cell, panel, row, table
from components.score_rules import level_badge, rules_path
from components.tags import Child, Node, el, hidden, icon
from components.words import counted, number
from data.models import Day
from data.scorecard_models import LEVELS, Exemption
from data.scorecard_views import NO_LEVEL, Card, Outcome, RuleShown, TeamCard
from data.scorecard_words import asked

WITHOUT_TEAM = "No team"


def teams_panel(card: Card, query: Query) -> Node:
    """A row for each team: its services by level, and how much of what is asked of them is kept."""
    columns = [("Team", ""), ("Services", "num"), ("Lowest", ""), ("By level", "bars")]
    columns += [(word, "num") for word in ("None", *(level.value for level in LEVELS))] + [("Rules kept", "num")]
    return panel(
        "Teams", table("Score card by team", columns, [_team(one, query) for one in card.teams]), anchor="teams"
    )


def _team(one: TeamCard, query: Query) -> Node:
    mine = query | {"team": one.team}
    name = link(one.team, rules_path(mine), cls="strong keep") if one.team else el("Span", WITHOUT_TEAM)
    share = f"{number(one.passed)} of {number(one.asked)}"
    return row(
        name, number_cell(number(one.services)), level_badge(one.lowest), _bar(one),
        *[number_cell(_count(one, level.value if level else NO_LEVEL, mine)) for level in (None, *LEVELS)],
        number_cell(share),
    )  # fmt: skip


def _count(one: TeamCard, level: str, query: Query) -> Child:
    count = {of.value if of else NO_LEVEL: count for of, count in one.levels.items()}[level]
    if not count or not one.team:
        return number(count)
    return link(number(count), rules_path(query | {"level": level}), cls="keep")


def _bar(one: TeamCard) -> Node:
    label = ", ".join(f"{count} {level.value if level else 'without a level'}" for level, count in one.levels.items())
    pieces: list[Child] = [
        el("Span", cls=f"part level-fill-{place}", style={"flexGrow": count})
        for place, count in enumerate(one.levels.values())
        if count
    ]
    return el("Span", pieces, cls="way-bar", role="img", aria_label=label, title=label)


def rules_panel(card: Card, narrowed: str | None) -> Node:
    """Every rule shown: what it asks, of whom, why, and how many keep it."""
    columns = [("Rule", ""), ("Level", ""), ("Asks", ""), ("Of", ""), ("Why", ""), ("Kept", "num")]
    rows = [_rule(one, card) for one in card.rules]
    every = link("All rules", rules_path(), cls="keep") if narrowed else "a level wants all rules of it and below"
    return panel(
        "Rules", table("Rules of the score card", columns, rows, cls="rule-list"), anchor="rules", note=every
    )


def _rule(one: RuleShown, card: Card) -> Node:
    rule, kind = one.rule, one.kind
    cells = [service.cell(rule.rule_id).outcome for service in card.services]
    counting = [outcome for outcome in cells if outcome in (Outcome.PASS, Outcome.FAIL, Outcome.NO_DATA)]
    suite = f" ({rule.suite.capitalize()})" if rule.suite else ""
    span = f", {counted(rule.days, 'day')}" if kind.looks_back else ", now"
    least = f", a sample of {rule.least_n:,} or more" if rule.least_n > 1 else ""
    asks: list[Child] = [
        link(f"{kind.title}{suite}", page_path("/docs/metrics", None, kind.anchor)),
        f" {asked(rule, kind.unit)}{span}",
    ]
    whom = ", ".join((*rule.teams, *rule.tiers)) or "every service"
    return row(
        el("Span", rule.title, cls="strong"), level_badge(rule.level), el("Td", asks, least), whom,
        el("Td", rule.why, cls="wrap"), number_cell(f"{counting.count(Outcome.PASS)} of {len(counting)}"),
    )  # fmt: skip


def exemptions_panel(
    given: Sequence[Exemption], names: Mapping[str, str], titles: Mapping[str, str], day: Day
) -> Node:
    """Who need not keep what, why, by whose word and until when; those that expired stand there as such."""
    columns = [("Service", ""), ("Rule", ""), ("Reason", ""), ("Approved by", ""), ("Until", "")]
    rows = [
        row(
            link(names.get(one.service_id, one.service_id), service_path(one.service_id)),
            titles.get(one.rule_id, one.rule_id), el("Td", one.reason, cls="wrap"), one.approver, _until(one, day),
            cls="" if one.holds_on(day) else "expired",
        )
        for one in given
    ]  # fmt: skip
    note = "an exempt rule counts neither for nor against"
    return panel("Exemptions", table("Exemptions from rules", columns, rows), anchor="exemptions", note=note)


def _until(one: Exemption, day: Day) -> Node:
    if one.holds_on(day):
        return el("Span", one.expires)
    return el(
        "Span",
        icon("exclamation-triangle-fill"),
        f" expired {one.expires}",
        hidden(": it counts again"),
        cls="tone-rollback",
    )
