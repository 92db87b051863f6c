"""The cluster-region page's timeline: every attempt of the days as a bar, a lane a service."""

from datetime import datetime
from functools import cache

import context
from components import swimlanes
from components.panel import panel
from components.states import empty
from data.cluster_queries import cluster_lanes
from data.cluster_views import SwimLanes
from data.generation import Generation
from data.models import Health
from data.swimlanes import MOST_BARS, MOST_LANES
from data.views import ClusterSummary
from pages import files
from pages.asked import Period
from pages.drawing import Chart, Part

TITLE = "Attempts by service"
NOTE = "from start to end, the shortest widened to be seen; a click opens the build"


def timeline_parts(generation: Generation, shown: ClusterSummary, days: Period, now: datetime) -> list[Part | Chart]:
    """The chart, or that there is nothing to draw."""
    if not shown.counts.total + shown.counts.cancelled:
        nothing = empty("No attempts in this period.")
        return [Part("no-timeline", lambda: panel(TITLE, nothing, anchor="timeline"))]
    names = {service.service_id: service.name for service, _ in shown.services}
    ill = frozenset(service.service_id for service, state in shown.services if state.health is Health.ATTENTION)

    @cache
    def lanes() -> SwimLanes:
        asked = shown.cluster.cluster_id, (days.start, days.end)
        return cluster_lanes(generation, context.scope(), *asked, ill, now)

    of = shown.cluster.cluster_id
    return [
        Chart(
            "timeline", TITLE, lambda: swimlanes.swimlanes(lanes(), names),
            lambda: swimlanes.lanes_table(lanes(), names), note=_note(lanes()),
            cls=swimlanes.height(len(shown.services)),
            csv=files.address("attempts", {"clusterId": of, "from": shown.start, "to": shown.end}),
            file_name=f"attempts-{of}-{shown.start}-to-{shown.end}",
        )
    ]  # fmt: skip


def _note(lanes: SwimLanes) -> str:
    """Without counts, which the next refresh would make wrong: the data table has them."""
    cut = [f"the {MOST_LANES} services tried last"] if len(lanes.lanes) < lanes.services else []
    cut += [f"the newest {MOST_BARS} attempts"] if lanes.drawn < lanes.attempts else []
    return "; ".join([*cut, NOTE])
