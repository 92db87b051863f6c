"""The promotions page's view of one service: where a version serves, and how the newest spread over the regions."""

from components import convergence as shown
from components import filters, states
from components.panel import panel
from components.tags import Node, el
from data import convergence, version_spread
from data.catalog_models import ClusterType
from data.errors import NotFound
from data.generation import Generation
from data.models import Scope
from data.promotion_views import Spread
from pages.drawing import Chart, Part
from pages.promotions_asked import ALL_STAGES, Asked

ANCHOR = "spread"


def spread_parts(generation: Generation, scope: Scope, asked: Asked) -> list[Part | Chart]:
    """Nothing where no service is asked for; no chart of one that nothing is known of."""
    if not asked.service:
        return []
    try:
        found = spread_of(generation, scope, asked.service, asked)
    except NotFound:
        found = None
    curves = found if found is not None and found.curves else None
    half = "half" if curves else ""
    places = Part("spread", lambda: _places(generation, scope, asked, found), cls=half, lasting=False)
    if curves is None:
        return [places]
    return [places, Chart(
                "curves", f"How versions of {curves.service.name} spread, % of cluster-regions",
                lambda: shown.spread_figure(curves), lambda: shown.spread_numbers(curves), _note(curves), half,
            )]  # fmt: skip


def spread_of(generation: Generation, scope: Scope, service_id: str, asked: Asked) -> Spread:
    """The curves of the stage asked for; drawn once a generation."""
    stage = _stage(generation, scope, service_id, asked.stage)
    key = ("version spread", scope.key, service_id, stage, asked.version)
    return generation.memo.get(
        key, lambda: version_spread.spread(generation, scope, service_id, stage, asked.version)
    )


def _stage(generation: Generation, scope: Scope, service_id: str, asked: str | None) -> ClusterType | None:
    if asked is None:
        return version_spread.usual_stage(generation, scope, service_id)
    return None if asked == ALL_STAGES else ClusterType(asked)


def _note(found: Spread) -> str:
    where = found.stage.value if found.stage else "all stages"
    return f"{where}, n = {found.n}; that version or a newer one; newest {version_spread.VERSIONS} versions"


def _stages(found: Spread, asked: Asked) -> Node:
    options = [("All stages", asked.path(ANCHOR, stage=ALL_STAGES), found.stage is None)]
    options += [(one.value, asked.path(ANCHOR, stage=one.value), one is found.stage) for one in found.stages]
    words = el("Span", "Curves are of" if found.curves else "Nothing came there yet; curves are of", cls="hint")
    return el("Div", words, filters.segments("Stage of the curves", options), cls="toolbar spread-stages")


def _places(generation: Generation, scope: Scope, asked: Asked, spread: Spread | None) -> Node:
    try:
        found = convergence.convergence(generation, scope, asked.service or "", asked.version)
    except NotFound:
        return panel("Where it serves", states.empty("No version of this service serves anywhere."), anchor=ANCHOR)
    title = f"Where {found.service.name} {found.version} serves"
    stages = _stages(spread, asked) if spread else None
    return panel(title, shown.spread_table(found), stages, anchor=ANCHOR)
