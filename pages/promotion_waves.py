"""The promotions page's waves over a stage, and its promotion debt."""

from collections.abc import Mapping

from components import filters, states
from components import waves as shown
from components.definitions import about
from components.panel import panel
from components.tags import Child, Node, el
from components.words import counted
from data import waves
from data.catalog_models import ClusterType
from data.generation import Generation
from data.models import Instant, Scope
from data.promotion_debt import debts
from data.promotion_views import Lane, ServiceWaves, Waves
from pages.promotions_asked import ALL_STAGES, Asked

WAVES, DEBT = "waves", "debt"


def waves_panel(generation: Generation, scope: Scope, asked: Asked, lanes: list[Lane]) -> Node | None:
    """The waves of the services in these lanes; None where no stage has several cluster-regions."""
    stage = ClusterType(asked.stage) if asked.stage not in (None, ALL_STAGES) else None
    found = waves.waves(generation, scope, stage)
    if not found.stages or found.stage is None:
        return None
    wanted = {lane.service.service_id for lane in lanes}
    mine = Waves(found.stage, found.stages, found.days, found.complete, _of(found, wanted))
    body = shown.waves_table(mine, asked.query) if mine.services else _nothing(mine)
    words = "Only the newest attempts were looked at: there were more in these days."
    partly = None if found.complete else el("P", words, cls="hint")
    note: list[Child] = [
        f"{found.stage.value}, the last {found.days} days",
        " ",
        about("wave-convergence", "Wave convergence"),
    ]
    return panel("Waves", _stages(found, asked), body, partly, anchor=WAVES, note=note)


def _of(found: Waves, wanted: set[str]) -> tuple[ServiceWaves, ...]:
    return tuple(one for one in found.services if one.service.service_id in wanted)


def _nothing(found: Waves) -> Node:
    return states.empty(f"None of these services has several cluster-regions in {found.stage}.")


def _stages(found: Waves, asked: Asked) -> Node | None:
    if len(found.stages) < 2:
        return None
    options = [(one.value, asked.path(WAVES, stage=one.value), one is found.stage) for one in found.stages]
    return el("Div", filters.segments("Stage of the waves", options), cls="toolbar")


def debt_panel(lanes: list[Lane], names: Mapping[str, str], asked: Asked, now: Instant) -> Node:
    """What waits in these lanes, weighed by how long."""
    found = debts(lanes, now)
    explained = about("promotion-debt", "Promotion debt")
    if not found:
        return panel("Promotion debt", el("P", "Nothing waits.", cls="hint"), anchor=DEBT, note=explained)
    versions = sum(len(one.owed) for one in found)
    total = f"{counted(versions, 'version')} of {counted(len(found), 'service')}, "
    owed = shown.in_all(sum(one.total_sec for one in found))
    table = shown.debt_table(found, names, asked.query)
    return panel("Promotion debt", table, anchor=DEBT, note=[total, owed, " in all ", explained])
