"""Services on their way through the stages: what serves where, what waits there and what would block it."""

from collections.abc import Mapping, Sequence

from components import theme
from components.badges import badge, gate_words, gates, quiet, unconfirmed
from components.freezes import COMING, OPEN
from components.links import build_path, cluster_path, link, page_path, pair_path, service_path
from components.tags import Child, Node, el, hidden, icon, mono
from components.theme import Look
from components.words import counted, since, when
from data.catalog_models import Freeze
from data.models import Instant, PromotionStatus, Trigger
from data.promotion_views import Behind, Blocker, BlockerKind, Lane, Lanes, Stage, Stop, Waiting

PATH = "/promotions"
STOPS_A_PAGE = 600
SHOWN_TARGETS = 4
READY = Look("Ready", "check-circle-fill", "success")
SOAKING = Look("Soaking", "hourglass-split", "progress")
BLOCKED = Look("Blocked", "slash-circle", "rollback")
MOVING = Look("On its way", "hourglass-split", "progress")
BLOCKERS: dict[BlockerKind, str] = {
    BlockerKind.GATE_FAILED: "x-octagon-fill",
    BlockerKind.GATE_MISSING: "question-circle",
    BlockerKind.SOAK: "hourglass-split",
    BlockerKind.FREEZE: "pause-fill",
    BlockerKind.UNHEALTHY: "exclamation-triangle-fill",
    BlockerKind.PROMOTION_PENDING: "hourglass-split",
    BlockerKind.PROMOTION_REJECTED: "slash-circle",
    BlockerKind.PROMOTION_FAILED: "x-octagon-fill",
    BlockerKind.NOT_SHOWN: "question-circle",
}
Names = Mapping[str, str]


def look(waiting: Waiting) -> Look:
    """How a waiting version is doing, in one word."""
    if waiting.under_way:
        return MOVING
    if not waiting.blockers:
        return READY
    return SOAKING if all(one.kind is BlockerKind.SOAK for one in waiting.blockers) else BLOCKED


def lanes_a_page(shown: Lanes) -> int:
    """How many lanes a page has: fewer, the more cluster-regions there are."""
    return max(10, min(100, STOPS_A_PAGE // max(1, sum(len(stage.clusters) for stage in shown.stages))))


def lanes_table(shown: Lanes, lanes: Sequence[Lane], names: Names, now: Instant) -> Node:
    """One row a service, one column a stage, its cluster-regions side by side."""
    head: list[Child] = [el("Th", "Service", scope="col")]
    head += [_stage_head(stage, shown.freezes, now) for stage in shown.stages]
    open_now = [freeze for freeze in shown.freezes if freeze.holds_at(now)]
    rows = [_lane(lane, shown.stages, open_now, names) for lane in lanes]
    caption = "Versions on their way through the stages"
    grid = el(
        "Table", el("Caption", caption, cls="visually-hidden"),
        el("Thead", el("Tr", head)), el("Tbody", rows), cls="grid lanes",
    )  # fmt: skip
    return el("Div", grid, cls="scroller", role="region", tabIndex="0", aria_label=caption)


def _stage_head(stage: Stage, freezes: Sequence[Freeze], now: Instant) -> Node:
    tags: list[Child] = []
    for freeze in freezes:
        if any(freeze.covers_cluster(one.cluster_id) for one in stage.clusters):
            is_open = freeze.holds_at(now)
            words = " until " if is_open else " from "
            moment = when(freeze.end if is_open else freeze.start)
            look_ = OPEN if is_open else COMING
            tags.append(
                el(
                    "Div",
                    icon(look_.icon),
                    "Freeze ",
                    freeze.name,
                    words,
                    moment,
                    cls=f"freeze-tag tone-{look_.tone}",
                )
            )
    return el("Th", stage.type.value, tags, scope="col")


def _lane(lane: Lane, stages: Sequence[Stage], frozen: Sequence[Freeze], names: Names) -> Node:
    service = lane.service
    name = link(service.name, service_path(service.service_id), cls="strong")
    team = el("Span", service.team, cls="stage-name") if service.team else None
    cells: list[Child] = [el("Th", name, team, unconfirmed(service.confirmed), scope="row")]
    for stage, stops in zip(stages, lane.stops, strict=True):
        shown = [_stop(stop, lane, frozen, names) for stop in stops]
        cells.append(el("Td", el("Div", stage.type.value, cls="lane-stage"), el("Div", shown, cls="stops")))
    return el("Tr", cells)


def _stop(stop: Stop, lane: Lane, frozen: Sequence[Freeze], names: Names) -> Node:
    cluster, service_id = stop.cluster, lane.service.service_id
    stopped = next((one for one in frozen if one.covers(cluster.cluster_id, service_id)), None)
    lines: list[Child] = [link(cluster.name, cluster_path(cluster.cluster_id), cls="stop-name")]
    if stopped:
        lines.append(el("Span", icon(OPEN.icon), "freeze", cls="stop-frozen", title=stopped.name))
    lines += _serving(stop, lane, names)
    kinds = ["stop", "stop-frozen-area" if stopped else "", "stop-behind" if _is_behind(stop.behind) else ""]
    return el("Div", lines, cls=" ".join(filter(None, kinds)))


def _serving(stop: Stop, lane: Lane, names: Names) -> list[Child]:
    state = stop.state
    if state is None:
        return [el("Div", "retired" if stop.retired else "never deployed here", cls="ink-2 small")]
    serving = state.current.serving
    if serving is None:
        there = link("nothing serves", pair_path(state.cluster_id, state.service_id))
        return [el("Div", there, quiet(theme.HEALTH[state.health]), cls="cell-line")]
    if stop.waiting:
        return [_waiting(stop.waiting, stop, lane, names), _behind(stop.behind)]
    version = link(mono(serving.build_version), build_path(serving.attempt_id), cls="version-chip")
    health = quiet(theme.HEALTH[state.health]) if state.why else None
    return [
        el("Div", version, health, cls="cell-line", title=state.why or None),
        el("Div", "went live ", since(state.current.serving_since), cls="ink-2 small"),
        _behind(stop.behind),
    ]


def _is_behind(behind: Behind | None) -> bool:
    return behind is not None and behind.versions > 0


def behind_words(behind: Behind) -> str:
    """`2 versions behind`, or `at least` so many where more may lie between."""
    return f"{'' if behind.exact else 'at least '}{counted(behind.versions, 'version')} behind"


def _behind(behind: Behind | None) -> Node | None:
    return el("Div", behind_words(behind), cls="behind") if behind and behind.versions else None


def _waiting(waiting: Waiting, stop: Stop, lane: Lane, names: Names) -> Node:
    """The chip, which opens to what it waits for: its gates and what would block it."""
    state, service_id = stop.state, lane.service.service_id
    serving = state.current.serving if state else None
    attempt_id = serving.attempt_id if serving else ""
    how = look(waiting)
    soak = el("Span", "soak ", when(waiting.soak_until, "left"), cls="soak") if waiting.soak_left_sec else None
    trigger = f", {theme.TRIGGER[serving.trigger]}" if serving and serving.trigger is not Trigger.UNKNOWN else ""
    by = f" by {waiting.by}" if waiting.by else trigger
    chip = el(
        "Summary", el("Span", mono(waiting.version), badge(how), cls="cell-line"),
        el("Span", "arrived ", since(waiting.since), by, soak, cls="chip-times ink-2 small"),
    )  # fmt: skip
    results: list[Child] = [el("Li", gate_words(gate)) for gate in waiting.gates]
    body = el(
        "Div", el("P", "For ", _targets(waiting.targets, names), cls="small"),
        _blockers(waiting, names),
        el("Div", gates(waiting.gates, attempt_id), el("Ul", results, cls="plain small ink-2"), cls="gate-lines")
        if waiting.gates else None,
        el("P", link("Its build", build_path(attempt_id)), " · ",
           link("Where it serves", page_path(PATH, {"service": service_id, "version": waiting.version}, "spread")),
           cls="small"),
        cls="waits-body",
    )  # fmt: skip
    key = f"{service_id} {stop.cluster.cluster_id} {waiting.version}"
    return el("Details", chip, body, cls=f"waits waits-{how.tone}", data_key=key)


def _targets(targets: Sequence[str], names: Names) -> list[Child]:
    said: list[Child] = []
    for place, one in enumerate(targets[:SHOWN_TARGETS]):
        said += [", " if place else None, link(names.get(one, one), cluster_path(one))]
    more = len(targets) - SHOWN_TARGETS
    return [*said, f" and {more} more" if more > 0 else None]


def _blockers(waiting: Waiting, names: Names) -> Node:
    if waiting.under_way:
        words = "It is being deployed" if waiting.under_way is PromotionStatus.IN_PROGRESS else "It is approved"
        words += f", asked for by {waiting.moved_by}." if waiting.moved_by else "."
        first: list[Child] = [el("Li", icon(MOVING.icon), words)]
    else:
        first = []
    items = first + [_blocker(one, names) for one in waiting.blockers]
    if not items:
        return el("P", icon(READY.icon, "tone-success"), " Nothing known blocks it.", cls="small")
    return el("Ul", items, cls="blockers")


def _blocker(one: Blocker, names: Names) -> Node:
    until: list[Child] = [" (until ", when(one.until), ")"] if one.until else []
    where = el("Span", " · ", names.get(one.cluster_id, one.cluster_id), cls="ink-2")
    return el("Li", icon(BLOCKERS[one.kind]), el("Span", one.words, until, where))


def legend() -> Node:
    """What the chips say."""
    return el(
        "P", "A chip that opens waits: it serves here and nowhere after this place. ", badge(READY), badge(SOAKING),
        badge(BLOCKED), badge(MOVING), hidden("."), cls="legend",
    )  # fmt: skip
