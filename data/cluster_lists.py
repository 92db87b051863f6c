"""The list of all cluster-regions: which of them, in what order, and how each fared in the last days."""

from collections.abc import Mapping, Sequence

from data import aggregations as agg
from data.catalog_models import ClusterType
from data.generation import Generation
from data.instants import day_before
from data.models import Day, Scope
from data.views import ClusterHealth, Rate

SORTS = ("path", "name", "attention", "running", "latest")
WEEK = 7


def matching(items: Sequence[ClusterHealth], kind: ClusterType | None, text: str | None) -> list[ClusterHealth]:
    """Those of a stage whose id, name, region or role says the text."""
    wanted = (text or "").casefold()
    return [one for one in items if kind in (None, one.cluster.type) and (not wanted or _says(one, wanted))]


def _says(one: ClusterHealth, text: str) -> bool:
    cluster = one.cluster
    words = (cluster.cluster_id, cluster.name, cluster.region or "", cluster.role or "")
    return any(text in word.casefold() for word in words)


def ordered(items: Sequence[ClusterHealth], by: str) -> list[ClusterHealth]:
    """In the order of one of SORTS, the other way round with a `-` before it; given in the order of the path."""
    name, backwards = by.removeprefix("-"), by.startswith("-")
    if name == "latest":  # where nothing was ever tried is last either way
        tried = [one for one in items if one.latest_attempt_at]
        never = [one for one in items if not one.latest_attempt_at]
        return sorted(tried, key=lambda one: one.latest_attempt_at or "", reverse=backwards) + never
    if name == "name":
        return sorted(items, key=lambda one: one.cluster.name.casefold(), reverse=backwards)
    if name == "attention":
        return sorted(items, key=lambda one: one.attention, reverse=backwards)
    if name == "running":
        return sorted(items, key=lambda one: one.in_progress, reverse=backwards)
    return list(reversed(items)) if backwards else list(items)


def weeks_rates(gen: Generation, scope: Scope, today: Day) -> Mapping[str, Rate]:
    """By cluster id, the success rate of the running UTC day and the six before it; absent: no attempt at all."""

    def work() -> Mapping[str, Rate]:
        week = agg.selected(gen.columns.days, scope, day_before(today, WEEK - 1), today)
        groups = week.groupby("cluster", observed=True)
        return {str(cluster): agg.success_rate(agg.counts(rows)) for cluster, rows in groups}

    return gen.memo.get(("weeks rates", scope.key, today), work)
