"""What the cluster-region's page asks beyond its summary: its timeline, and its services filtered and in order."""

from collections.abc import Collection, Sequence
from datetime import datetime
from functools import partial

import pandas as pd

from data import swimlanes
from data.catalog_models import Service
from data.cluster_views import SwimLanes
from data.day_numbers import day_number
from data.generation import Generation
from data.models import Day, Health, Scope
from data.views import PairState

DAY_MS = 24 * 3_600_000
Listed = tuple[Service, PairState]

SORTS = ("health", "name", "since", "latest")
ILL_FIRST = {Health.ATTENTION: 0, Health.UNKNOWN: 1, Health.HEALTHY: 2}


def cluster_lanes(
    gen: Generation, scope: Scope, cluster_id: str, days: tuple[Day, Day], ill: frozenset[str], now: datetime
) -> SwimLanes:
    """The attempts of these days (both included) as lanes; services in `ill` come first."""
    since, until = day_number(max(days[0], gen.first_day)) * DAY_MS, (day_number(days[1]) + 1) * DAY_MS
    at = round(now.timestamp() * 1000)

    def work() -> SwimLanes:
        attempts = partial(gen.attempts.frame, scope, since, until, cluster_ids=(cluster_id,))
        tried = attempts(columns=("service", "started"))

        def newest(services: Collection[str], most: int) -> pd.DataFrame:
            return attempts(service_ids=services, columns=swimlanes.COLUMNS, newest=most)

        return swimlanes.swim_lanes(tried, newest, ill, (since, until), at)

    return gen.memo.get(("lanes", scope.key, cluster_id, days, ill, at // swimlanes.MINUTE_MS), work)


def matching(listed: Sequence[Listed], text: str | None) -> list[Listed]:
    """The services whose id, name, team or version says the text."""
    if not text:
        return list(listed)
    wanted = text.casefold()
    return [one for one in listed if any(wanted in word.casefold() for word in _said(*one))]


def _said(service: Service, state: PairState) -> tuple[str, ...]:
    versions = state.serving_version or "", state.latest.build_version
    return service.service_id, service.name, service.team, *versions


def ordered(listed: Sequence[Listed], by: str) -> list[Listed]:
    """In the order of one of SORTS, the other way round with a `-` before it; equal ones by name."""
    name, backwards = by.removeprefix("-"), by.startswith("-")
    found = sorted(listed, key=lambda one: (one[0].name.casefold(), one[0].service_id))
    if name == "since":  # what never served is last either way
        served = [one for one in found if one[1].current.serving_since]
        never = [one for one in found if not one[1].current.serving_since]
        return sorted(served, key=lambda one: one[1].current.serving_since or "", reverse=backwards) + never
    if name == "latest":
        return sorted(found, key=lambda one: one[1].latest.started_at, reverse=backwards)
    if name == "health":
        return sorted(found, key=lambda one: ILL_FIRST[one[1].health], reverse=backwards)
    return found[::-1] if backwards else found
