"""The read routes: summaries from the generation in memory, rows and details from the store.

Every object is looked up in the caller's scope first, so that an unknown one and a foreign one are the same 404.
"""

from collections.abc import Callable
from datetime import datetime
from typing import cast

import orjson
from flask import Blueprint, Response, current_app

import context
from api import analytics_json, caching, lanes, params, point_in_time, serializers, shared_summaries, summaries
from api.params import Asked
from api.routing import Answer, Routes
from api.serializers import Json
from data import analytics_queries, keys, promotion_path, queries, visible
from data.builds import build as build_detail
from data.errors import NotFound, Unavailable
from data.generation import Generation
from data.instants import to_instant
from data.models import Page, Promotion, Scope
from data.neighbours import neighbours

bp = Blueprint("read", __name__)
routes = Routes(bp, "Dashboard", "/api")

ANSWERS = "dashboard.answers"
NOT_FOUND = {404: Answer("There is no such thing within your scope.", "Problem", "application/problem+json")}

Make = Callable[[Generation, Scope, datetime], Json]


@routes.get("/clusters", Answer("The cluster-regions, by promotion order.", "ClusterList"), accepts=params.PAST)
def clusters(asked: Asked) -> Response:
    """List all cluster-regions with health summary."""
    return summary("clusters", asked, lambda gen, scope, _: summaries.clusters(queries.clusters(gen, scope)))


@routes.get(
    "/clusters/<cluster_id>", Answer("The cluster-region.", "ClusterDetail"), accepts=params.PAST, also=NOT_FOUND
)
def cluster(asked: Asked, cluster_id: str) -> Response:
    """One cluster-region with health summary."""

    def make(gen: Generation, scope: Scope, _now: datetime) -> Json:
        found, states = visible.cluster(gen, scope, cluster_id), visible.cluster_states(gen, scope, cluster_id)
        return {"cluster": serializers.cluster_with_health(visible.cluster_health(found, states))}

    return summary(f"cluster {cluster_id}", asked, make)


@routes.get(
    "/clusters/<cluster_id>/summary", Answer("Counts of the period and each service's state.", "ClusterSummary"),
    accepts=(*params.DAYS, *params.PAST), also=NOT_FOUND,
)  # fmt: skip
def cluster_summary(asked: Asked, cluster_id: str) -> Response:
    """Detailed summary for a single cluster-region.

    It covers the days for which attempts are kept, unless `from` and `to` say otherwise; the answer states both.
    """

    def make(gen: Generation, scope: Scope, now: datetime) -> Json:
        first, last = _period(asked, now)
        return summaries.cluster_summary(queries.cluster_summary(gen, scope, cluster_id, first, last, now))

    return summary(f"cluster summary {cluster_id}", asked, make)


@routes.get(
    "/clusters/<cluster_id>/attempts", Answer("A page of attempts, newest first.", "AttemptPage"),
    accepts=(params.SERVICE_ID, *params.ATTEMPTS), also=NOT_FOUND,
)  # fmt: skip
def cluster_attempts(asked: Asked, cluster_id: str) -> Response:
    """Attempts on one cluster-region, over all services or one, newest first.

    Where a filter matches few rows a page can be short, or even empty, and still have a `nextCursor`.
    """
    gen, scope = context.generation(), context.scope()
    visible.cluster(gen, scope, cluster_id)
    page = context.store().cluster_attempts(
        scope, cluster_id, service_id=asked.service_id, status=asked.status, trigger=asked.trigger,
        cancelled=asked.cancelled, since=asked.since, until=asked.until, limit=asked.limit, cursor=asked.cursor,
    )  # fmt: skip
    return caching.sent_once(serializers.attempts(page, queries.serving_attempts(gen)))


@routes.get("/services", Answer("The services, by name.", "ServiceList"), accepts=params.PAST)
def services(asked: Asked) -> Response:
    """List all services, each with its version and state on every cluster-region where it ever was."""
    return summary("services", asked, lambda gen, scope, now: summaries.services(queries.services(gen, scope, now)))


@routes.get(
    "/services/<service_id>", Answer("Counts of the period and the state on each cluster.", "ServiceSummary"),
    accepts=(*params.DAYS, *params.PAST), also=NOT_FOUND,
)  # fmt: skip
def service(asked: Asked, service_id: str) -> Response:
    """One service over all cluster-regions.

    It covers the days for which attempts are kept, unless `from` and `to` say otherwise; the answer states both.
    """

    def make(gen: Generation, scope: Scope, now: datetime) -> Json:
        first, last = _period(asked, now)
        return summaries.service_summary(queries.service_summary(gen, scope, service_id, first, last, now))

    return summary(f"service {service_id}", asked, make)


@routes.get(
    "/services/<service_id>/attempts", Answer("A page of attempts, newest first.", "AttemptPage"),
    accepts=(params.CLUSTER_ID, *params.ATTEMPTS), also=NOT_FOUND,
)  # fmt: skip
def service_attempts(asked: Asked, service_id: str) -> Response:
    """All attempts of a service, across all cluster-regions or on one, newest first.

    Where a filter matches few rows a page can be short, or even empty, and still have a `nextCursor`.
    """
    gen, scope = context.generation(), context.scope()
    visible.service(gen, scope, service_id)
    page = context.store().service_attempts(
        scope, service_id, cluster_id=asked.cluster_id, status=asked.status, trigger=asked.trigger,
        cancelled=asked.cancelled, since=asked.since, until=asked.until, limit=asked.limit, cursor=asked.cursor,
    )  # fmt: skip
    return caching.sent_once(serializers.attempts(page, queries.serving_attempts(gen)))


@routes.get("/builds/<attempt_id>", Answer("The attempt.", "Build"), also=NOT_FOUND)
def build(_asked: Asked, attempt_id: str) -> Response:
    """Full detail for a single build attempt including test runs."""
    gen = context.generation()
    serving = queries.serving_attempts(gen)
    if keys.split_attempt_id(attempt_id) is None:
        raise NotFound(f"there is no build attempt {attempt_id[:400]!r}")
    serving_id = attempt_id if attempt_id in serving else None
    found = build_detail(context.store(), context.scope(), attempt_id, gen.catalog, serving_id)
    around = neighbours(context.store(), context.scope(), found.attempt)
    return caching.sent_once(summaries.build(found, serving, around))


@routes.get(
    "/promotions", Answer("A page of promotions, newest first.", "PromotionPage"),
    accepts=(params.SERVICE_ID, params.CLUSTER_ID, params.PROMOTION_STATUS, *params.PAGED),
)  # fmt: skip
def promotions(asked: Asked) -> Response:
    """Promotions of a service, or into a cluster-region, or both, or of everything, newest first.

    Where a filter matches few rows a page can be short, or even empty, and still have a `nextCursor`.
    """
    store, scope, status = context.store(), context.scope(), asked.promotion_status
    page: Page[Promotion]
    if asked.service_id is not None:
        page = store.service_promotions(
            scope, asked.service_id, cluster_id=asked.cluster_id, status=status, limit=asked.limit,
            cursor=asked.cursor,
        )  # fmt: skip
    elif asked.cluster_id is not None:
        page = store.cluster_promotions(
            scope, asked.cluster_id, status=status, limit=asked.limit, cursor=asked.cursor
        )
    else:
        known = [one.cluster_id for one in visible.clusters(context.generation(), scope)]
        page = store.all_promotions(scope, known, status=status, limit=asked.limit, cursor=asked.cursor)
    return caching.sent_once(serializers.promotions(page))


@routes.get(
    "/promotions/lanes", Answer("The lanes, services by name.", "Lanes"), accepts=(params.SERVICE_ID,), also=NOT_FOUND
)
def promotion_lanes(asked: Asked) -> Response:
    """What serves in each stage, what waits there, and what would block it.

    Blockers are failed and missing gates, a soak time that is not over, a freeze where the version would go, a
    failure after it where it serves, and a promotion that is pending or did not succeed, of the last 14 days.
    """
    gen, scope, now = context.generation(), context.scope(), context.now()
    if asked.service_id is not None:
        visible.service(gen, scope, asked.service_id)
    known = [one.cluster_id for one in visible.clusters(gen, scope)]
    since = to_instant(now - promotion_path.BLOCKERS_FROM)
    try:
        recent = context.store().recent_promotions(scope, known, since).promotions
    except Unavailable:  # the answer says that it is without
        recent = None
    found = promotion_path.lanes(gen, scope, now, recent, lambda one: asked.service_id in (None, one.service_id))
    content = orjson.dumps({"generation": gen.generation} | lanes.lanes(found))
    return caching.sent(caching.stamped(content, gen.as_of))


@routes.get(
    "/analytics", Answer("Series over time, and what is behind them.", "Analytics"), accepts=params.ANALYTICS,
    also=NOT_FOUND,
)  # fmt: skip
def analytics(asked: Asked) -> Response:
    """Build attempts, test pass rates, deploy frequency and durations over time, failure reasons, flaky suites.

    Days are UTC and an attempt belongs to the day it started. Every day of the range is there; where there was
    nothing to divide by, the value is null. `filter` says which days are covered. With `grain=hour` the labels are
    hours: of the last 24, or of `from` to `to`.
    """

    def make(gen: Generation, scope: Scope, now: datetime) -> Json:
        wanted = params.analytics_filter(asked, now, context.settings().retention_days)
        return analytics_json.analytics(analytics_queries.analytics(gen, scope, wanted, now))

    return summary("analytics", asked, make)


@routes.get("/generation", Answer("The generation that answers now.", "Freshness"))
def generation(_asked: Asked) -> Response:
    """Which state of the data is shown, and how old it is: tiny, to be asked every few seconds."""
    return caching.sent_as_is(serializers.freshness(context.freshness()))


def _period(asked: Asked, now: datetime) -> tuple[str, str]:
    return params.period(asked, to_instant(now)[:10], context.settings().retention_days)


def summary(name: str, asked: Asked, make: Make) -> Response:
    """An answer that follows from the generation, the scope, what was asked and the hour."""
    kept = cast(caching.Answers, current_app.extensions[ANSWERS])
    shared = context.shared_answers()
    if shared is not None and shared_summaries.is_shared(asked):
        return shared_summaries.summary(shared, kept, name, asked, make)
    return point_in_time.looked_back(asked, lambda: _answer(kept, name, asked, make))


def _answer(kept: caching.Answers, name: str, asked: Asked, make: Make) -> Response:
    gen, scope, now = context.generation(), context.scope(), context.now()
    key = (name, asked, gen.generation, scope.key, to_instant(now)[:13])
    return caching.sent(kept.get(key, gen.generation, gen.as_of, lambda: make(gen, scope, now)))
