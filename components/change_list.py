"""What changed between two instants: each pair before and after, what failed in between, the gravest first."""

from collections.abc import Sequence

from components import states, theme
from components.badges import attempt_badge, badge
from components.links import build_path, cluster_path, link, service_path
from components.panel import panel, row, table
from components.tags import Child, Children, Node, el, hidden, icon, mono
from components.theme import Look
from components.words import counted, none, number, when
from data.models import AttemptRow, Instant, Verdict
from data.past_views import ChangesBetween, GateMove, PairChange, What
from data.views import PairState

SHOWN = 12
MOST = 200
SHOWN_FAILED = 3
LOOKS: dict[What, Look] = {
    What.BROKE: Look("Broke", "exclamation-triangle-fill", "failed"),
    What.FAILED: Look("Failed in between", "x-octagon-fill", "failed"),
    What.ROLLED_BACK: Look("Went back", "arrow-counterclockwise", "rollback"),
    What.RETIRED: Look("Retired", "slash-circle", "nodata"),
    What.RECOVERED: Look("Recovered", "check-circle-fill", "success"),
    What.DEPLOYED: Look("New version", "arrow-right", "progress"),
    What.NEW: Look("First deployed", "plus-lg", "progress"),
    What.REDEPLOYED: Look("Deployed again", "arrow-repeat", "progress"),
    What.RUNNING: Look("Running", "hourglass-split", "progress"),
    What.GATES: Look("Gates changed", "circle-half", "rollback"),
    What.OTHER: Look("Changed", "question-circle", "nodata"),
}


def change_list(found: ChangesBetween, names: tuple[str, str], later: str | None) -> Node:
    """The panel; `names` are the words of the two instants, `later` what links say of the later one (None: now)."""
    return panel(
        "What changed", _summary(found), _body(found, names, later), anchor="changes",
        note=f"from {names[0]} to {names[1]}", cls="asof-free",
    )  # fmt: skip


def _summary(found: ChangesBetween) -> Node:
    were = "was" if found.failed == 1 else "were"
    parts = [
        f"{len(found.rows)} of {counted(found.pairs, 'pair')} of a service and a cluster-region changed",
        *([_kinds(found.rows)] if found.rows else []),
        f"{counted(found.attempts, 'attempt')} began",
        f"{counted(found.failed, 'attempt')} failed or {were} rolled back",
    ]
    return el("P", " · ".join(parts), cls="ink-2 asof-summary")


def _body(found: ChangesBetween, names: tuple[str, str], later: str | None) -> list[Node]:
    if not found.rows:
        return [states.empty("Nothing changed.", el("P", "Versions, health and gates are the same at both times."))]
    caption = f"What changed from {names[0]} to {names[1]}"
    shown = [_table(caption, found.rows[:SHOWN], found, later)]
    rest = found.rows[SHOWN:MOST]
    if rest:
        words = el("Summary", f"and {number(len(rest))} more: {_kinds(rest)}")
        more = _table(f"{caption}, the rest", rest, found, later)
        shown.append(el("Details", words, more, cls="changes-rest", data_key="changes-rest"))
    unseen = len(found.rows) - MOST
    if unseen > 0:
        hint = f"{number(unseen)} more not listed: choose a team, or open one service or cluster-region"
        shown.append(el("P", hint, cls="hint"))
    return shown


def _table(caption: str, rows: Sequence[PairChange], found: ChangesBetween, later: str | None) -> Node:
    said = ("Service", "Cluster-region", "What", "Serving", "Health", "Gates", "Failed in between")
    return table(caption, [(name, "") for name in said], [_row(one, found, later) for one in rows], cls="changes")


def _kinds(rows: Sequence[PairChange]) -> str:
    """`2 recovered, 30 new version`: what the rows are, the gravest first."""
    amounts = {what: sum(one.what is what for one in rows) for what in What}
    return ", ".join(f"{amount} {LOOKS[what].word.lower()}" for what, amount in amounts.items() if amount)


def _row(one: PairChange, found: ChangesBetween, later: str | None) -> Node:
    then = {"asof": later}
    cluster = link(one.cluster.name, cluster_path(one.cluster.cluster_id, then))
    return row(
        link(one.service.name, service_path(one.service.service_id, then), cls="strong"),
        [cluster, el("Span", one.cluster.type.value, cls="stage-name")],
        badge(LOOKS[one.what]), _serving(one), _health(one), _gates(one.gates), _failed(one, found),
    )  # fmt: skip


def _moved(before: Children, after: Children, same: bool) -> Children:
    if same:
        return [*_list(after), hidden(" (the same)")]
    return [*_list(before), icon("arrow-right", "between"), hidden(" then "), *_list(after)]


def _list(children: Children) -> list[Child]:
    return list(children) if isinstance(children, (list, tuple)) else [children]  # type: ignore[list-item]


def _serving(one: PairChange) -> Children:
    old, new = (state.current.serving if state else None for state in (one.before, one.after))
    same = bool(old and new and old.attempt_id == new.attempt_id) or old is new
    shown: list[Child] = _list(_moved(_version(old), _version(new), same))
    latest = one.after.latest if one.after else None
    if latest and what_runs(one):
        shown.append(el("Div", attempt_badge(latest), " ", _version(latest), cls="small"))
    return shown


def what_runs(one: PairChange) -> bool:
    """Whether an attempt is under way at the later instant that was not the latest before."""
    return (
        one.after is not None
        and one.after.latest.ended_at is None
        and (one.before is None or one.before.latest != one.after.latest)
    )


def _version(attempt: AttemptRow | None) -> Node:
    if attempt is None:
        return none("nothing serves")
    return link(mono(attempt.build_version), build_path(attempt.attempt_id))


def _health(one: PairChange) -> Children:
    old, new = (_health_of(state) for state in (one.before, one.after))
    same = bool(one.before and one.after and one.before.health is one.after.health)
    why = one.after.why if one.after else ""
    return [*_list(_moved(old, new, same)), el("Div", why, cls="reason") if why else None]


def _health_of(state: PairState | None) -> Node:
    if state is None:
        return none("not deployed")
    look = theme.HEALTH[state.health]
    return el("Span", icon(look.icon), f" {look.word}", cls=f"nowrap tone-{look.tone}")


def _gates(moves: Sequence[GateMove]) -> Children:
    if not moves:
        return none("the same")
    return [
        el("Div", f"{move.suite.capitalize()}: ", _verdict(move.before), icon("arrow-right", "between"),
           hidden(" then "), _verdict(move.after), cls="nowrap")
        for move in moves
    ]  # fmt: skip


def _verdict(verdict: Verdict | None) -> Node:
    if verdict is None:
        return none("no such gate")
    look = theme.VERDICT[verdict]
    return el("Span", look.word.lower(), cls=f"tone-{look.tone}")


def _failed(one: PairChange, found: ChangesBetween) -> Children:
    if not one.failed:
        return none("nothing failed")
    shown: list[Child] = [_failure(attempt) for attempt in one.failed[:SHOWN_FAILED]]
    days: dict[str, str | None] = {
        "cluster": one.cluster.cluster_id,
        "from": found.since[:10],
        "to": found.until[:10],
    }
    every = counted(len(one.failed), "failed attempt")
    rows = service_path(one.service.service_id, days, "attempts")
    return [*shown, el("Div", link(f"{every}: all attempts of these days", rows), cls="small")]


def _failure(attempt: AttemptRow) -> Node:
    ended: Instant = attempt.ended_at or attempt.started_at
    return el("Div", attempt_badge(attempt), " ", _version(attempt), " ", when(ended), cls="nowrap")
