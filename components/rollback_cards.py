"""The way back of a pair in trouble: to which version, how it was tested, what it would undo, how long it takes."""

from collections.abc import Sequence

from components import theme
from components.badges import attempt_badge, gate_words
from components.copying import copied
from components.links import build_path, cluster_path, link
from components.panel import facts
from components.tags import Child, Children, Node, el, icon, mono
from components.words import age, counted, duration, none, when
from data.catalog_models import Cluster
from data.models import AttemptRow, Gate, Status, Verdict
from data.service_views import Basis, Expected, Rollback

SHOWN_COMMITS = 12


def rollback_cards(cards: Sequence[tuple[Cluster, Rollback]]) -> Node:
    """One card a pair."""
    return el("Div", [_card(cluster, card) for cluster, card in cards], cls="rollbacks")


def _card(cluster: Cluster, card: Rollback) -> Node:
    title = el("H3", link(cluster.name, cluster_path(cluster.cluster_id)), cls="card-title")
    good = card.last_good
    if good is None:
        return el(
            "Article", title, _happened(card),
            el("P", "No other good version is known here: there is nothing to go back to."), cls="rollback",
        )  # fmt: skip
    return el(
        "Article", title, _happened(card),
        facts([
            ("Last good", _target(good, card.serving)),
            ("Tested", _tested(card.gates)),
            ("Was live", _live(card)),
            ("You would lose", _lost(card)),
            ("Expected", _expected(card.expected)),
        ]),
        cls="rollback",
    )  # fmt: skip


def _happened(card: Rollback) -> Node:
    finished, serving = card.finished, card.serving
    lines: list[Child] = []
    if finished is not None:
        lines.append(
            el(
                "P",
                attempt_badge(finished),
                " ",
                _build(finished),
                " ",
                when(finished.ended_at or finished.started_at),
            )
        )
    if serving is None:
        lines.append(el("P", "Nothing serves here now."))
    elif finished is not None and finished.status is Status.FAILED:
        lines.append(el("P", _build(serving), " still serves: the failed attempt did not replace it."))
    else:
        lines.append(el("P", _build(serving), " serves now."))
    return el("Div", lines, cls="rollback-now")


def _build(one: AttemptRow) -> Node:
    return link(mono(one.build_version), build_path(one.attempt_id))


def _target(good: AttemptRow, serving: AttemptRow | None) -> Children:
    """What one would go back to, if what serves turned out to be bad."""
    name = el(
        "Div", copied(good.build_version, f"version {good.build_version}"),
        link("its build", build_path(good.attempt_id)),
    )  # fmt: skip
    if serving is None:
        return [name]
    return [name, el("Div", "the newest good version other than ", mono(serving.build_version), cls="ink-2 small")]


def _tested(gates: Sequence[Gate]) -> Children:
    if not gates:
        return none("no suite is expected and none ran")
    return el("Ul", [_gate(gate) for gate in gates], cls="plain")


def _gate(gate: Gate) -> Node:
    look = theme.VERDICT[gate.verdict]
    words = gate_words(gate) if gate.verdict is not Verdict.MISSING else f"{gate.suite.capitalize()}: no test results"
    return el("Li", icon(look.icon, f"tone-{look.tone}"), " ", words)


def _live(card: Rollback) -> Children:
    if card.live_seconds is None:
        return none("how long is not known")
    ended = card.last_good.ended_at or card.last_good.started_at if card.last_good else None
    return [age(card.live_seconds), el("Span", " from ", when(ended), cls="ink-2")]


def _lost(card: Rollback) -> Children:
    if not card.lost_versions:
        return "nothing: no other version was put out after it" if card.lost_complete else none("not known")
    count = counted(len(card.lost_versions), "version")
    shown: list[Child] = [count, ": "]
    for place, version in enumerate(card.lost_versions):
        shown += [", " if place else None, mono(version)]
    commits = [copied(one.sha, f"commit {one.sha[:7]}", one.sha[:7]) for one in card.lost_commits[:SHOWN_COMMITS]]
    more = len(card.lost_commits) - SHOWN_COMMITS
    words = f"with {counted(len(card.lost_commits), 'commit')}" if commits else "Their commits were not sent."
    if commits and not card.lost_complete:
        words = f"with at least {counted(len(card.lost_commits), 'commit')}; not every one was sent"
    return [
        el("Div", shown), el("Div", words, cls="ink-2"),
        el("Div", commits, f"and {more} more" if more > 0 else None, cls="commits") if commits else None,
    ]  # fmt: skip


def _expected(one: Expected) -> Children:
    if one.minutes is None:
        return "not known: no past rollback of this service was reported"
    whose = "on this cluster-region" if one.basis is Basis.PAIR else "of this service elsewhere"
    return [
        f"{duration(one.minutes * 60)} ",
        el("Span", f"median of {counted(one.n, 'rollback')} {whose}", cls="ink-2"),
    ]
