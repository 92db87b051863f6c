"""Tables to take away: what a page lists, all of it up to a bound, as CSV files.

Each stands on what the page and the JSON of the same name stand on, and takes the same filters.
"""

from collections.abc import Callable, Sequence
from functools import wraps

from flask import Blueprint, Response

import context
from api import export_tables, params, point_in_time
from api.csv_files import Table, file_name, written
from api.params import Asked
from api.routing import Answer, Routes
from api.values import MIDNIGHT
from data import long_lists, promotion_path, queries, visible
from data.cluster_queries import matching
from data.errors import NotFound
from data.generation import Generation
from data.instants import day_before, to_instant
from data.matrix_filter import MatrixFilter
from data.models import Day, Instant, Scope
from data.views import Overview

bp = Blueprint("exports", __name__)
routes = Routes(bp, "Exports", "/api")

MEDIA_TYPE = "text/csv"
CUT = "X-Rows-Truncated"
FILE = Answer(
    "The file: RFC 4180, UTF-8 with its mark, times UTC, durations in seconds, nothing in a cell that is not known.",
    "CsvFile", f"{MEDIA_TYPE}; charset=utf-8",
    {
        "Content-Disposition": "The file's name: what it is of, and of when.",
        CUT: f"`true` where rows are left out: more than {long_lists.MOST_ROWS:,} match, or too few among too many. "
        "These are the first, and the file's name says how many.",
    },
)  # fmt: skip
NOT_FOUND = {404: Answer("There is no such thing within your scope.", "Problem", "application/problem+json")}


def as_it_was(view: Callable[[Asked], Response]) -> Callable[[Asked], Response]:
    """The view, which then takes `asOf` and `knownAt`."""

    @wraps(view)
    def looked_back(asked: Asked) -> Response:
        return point_in_time.looked_back(asked, lambda: view(asked))

    return looked_back


@routes.get(
    "/exports/attempts.csv", FILE, also=NOT_FOUND,
    accepts=(params.CLUSTER_ID, params.CLUSTER_TYPE, params.SERVICE_ID, params.TEAM, *params.LISTED, *params.PAST),
)  # fmt: skip
@as_it_was
def attempts_csv(asked: Asked) -> Response:
    """Attempts, newest first, as CSV.

    Of everything, or of a cluster-region or those of a type, a service, the services of a team.
    """
    gen, scope = context.generation(), context.scope()
    found = long_lists.attempts(
        context.store(), scope, _within(gen, scope, asked), status=asked.status, trigger=asked.trigger,
        cancelled=asked.cancelled, since=asked.since, until=asked.until,
    )  # fmt: skip
    table = export_tables.attempts(found, queries.serving_attempts(gen), visible.suites(gen, scope))
    outcome = "CANCELLED" if asked.cancelled else asked.status
    return sent(table, "attempts", *_what(asked), outcome, asked.trigger, *_days(asked.since, asked.until))


@routes.get(
    "/exports/promotions.csv", FILE, also=NOT_FOUND,
    accepts=(params.CLUSTER_ID, params.SERVICE_ID, params.TEAM, *params.PROMOTIONS),
)  # fmt: skip
def promotions_csv(asked: Asked) -> Response:
    """Promotions, newest first, as CSV.

    Of everything, or into a cluster-region, of a service, of the services of a team.
    """
    gen, scope = context.generation(), context.scope()
    found = long_lists.promotions(
        context.store(), scope, _within(gen, scope, asked), status=asked.promotion_status, version=asked.version,
        from_cluster_id=asked.from_cluster_id, since=asked.since, until=asked.until,
    )  # fmt: skip
    table = export_tables.promotions(found)
    days = _days(asked.since, asked.until)
    return sent(table, "promotions", *_what(asked), asked.version, asked.promotion_status, *days)


@routes.get("/exports/matrix.csv", FILE, accepts=(*params.MATRIX, *params.PAST), also=NOT_FOUND)
@as_it_was
def matrix_csv(asked: Asked) -> Response:
    """Services by cluster-region, as the overview shows them: a row a service, as CSV."""
    found = _overview(asked)
    table = export_tables.matrix(found, promotion_path.behind(context.generation(), context.scope()))
    return sent(table, "matrix", *_filters(asked), _moment())


@routes.get("/exports/services.csv", FILE, accepts=(*params.MATRIX, *params.PAST), also=NOT_FOUND)
@as_it_was
def services_csv(asked: Asked) -> Response:
    """Each service on each cluster-region where it ever was, filtered as the overview is, as CSV."""
    found = _overview(asked)
    suites = visible.suites(context.generation(), context.scope())
    return sent(export_tables.services(found.services, suites), "services", *_filters(asked), _moment())


@routes.get("/exports/cluster-services.csv", FILE, accepts=(*params.PAIR, params.PART, *params.PAST), also=NOT_FOUND)
@as_it_was
def cluster_services_csv(asked: Asked) -> Response:
    """The services of one cluster-region, those that need attention first, as CSV."""
    gen, scope, today = context.generation(), context.scope(), _today()
    found = queries.cluster_summary(gen, scope, asked.cluster_id or "", today, today, context.now())
    table = export_tables.cluster_services(matching(found.services, asked.text), visible.suites(gen, scope))
    return sent(table, "services", asked.cluster_id, asked.text, _moment())


@routes.get("/exports/scorecard.csv", FILE, accepts=params.DAYS)
def scorecard_csv(asked: Asked) -> Response:
    """The measured numbers of every service over some days, as CSV."""
    gen, now = context.generation(), context.now()
    first, last = days_of(asked)
    found = queries.scorecard(gen, context.scope(), first, last, now)
    return sent(export_tables.scorecard(found), "scorecard", *span(found.start, found.end))


def sent(table: Table, *name: str | None) -> Response:
    """The table as a download."""
    file = written(table)
    answer = Response(file.body, mimetype=MEDIA_TYPE)
    answer.headers["Content-Disposition"] = f'attachment; filename="{file_name(name, file.first)}"'
    answer.headers["Cache-Control"] = "no-store"
    if file.first is not None:
        answer.headers[CUT] = "true"
    return answer


def days_of(asked: Asked) -> tuple[Day, Day]:
    """The days asked for, as the JSON of the same numbers takes them."""
    return params.period(asked, _today(), context.settings().retention_days)


def span(first: Day, last: Day) -> Sequence[str]:
    """Days as a file's name tells them."""
    return (first,) if first == last else (first, "to", last)


def _overview(asked: Asked) -> Overview:
    gen, scope = context.generation(), context.scope()
    _known_team(gen, scope, asked)
    wanted = MatrixFilter(asked.team, asked.cluster_type, asked.pair_status, asked.text, asked.favourites)
    return queries.overview(gen, scope, context.now(), wanted)


def _filters(asked: Asked) -> Sequence[str | None]:
    return asked.team, asked.cluster_type, asked.pair_status, asked.text, "favourites" if asked.favourites else None


def _today() -> Day:
    return to_instant(context.now())[:10]


def _moment() -> str:
    """When a state was so, as a file's name tells it: today, or as of an instant."""
    as_of, _ = context.looked_back_to()
    return f"as-of-{as_of[:16]}z" if as_of else _today()


def _days(since: Instant | None, until: Instant | None) -> Sequence[str]:
    """What a file's name says of [since, until)."""
    last = _today()
    if until:
        last = day_before(until[:10], 1) if until.endswith(MIDNIGHT) else until[:10]
    return span(since[:10], last) if since else ("to", last)


def _what(asked: Asked) -> Sequence[str | None]:
    return asked.team, asked.service_id, asked.cluster_type, asked.cluster_id


def _within(gen: Generation, scope: Scope, asked: Asked) -> long_lists.Within:
    """Services and cluster-regions asked for; NotFound for those there are not."""
    known = visible.clusters(gen, scope)
    if asked.cluster_id is not None:
        known = [visible.cluster(gen, scope, asked.cluster_id)]
    found = [one.cluster_id for one in known if asked.cluster_type in (None, one.type)]
    whole = asked.cluster_id is None and asked.cluster_type is None
    return long_lists.Within(found, whole, _services(gen, scope, asked))


def _services(gen: Generation, scope: Scope, asked: Asked) -> list[str] | None:
    """The services asked for by name or team, None for all; NotFound for one there is not."""
    _known_team(gen, scope, asked)
    if asked.service_id is not None:
        found = visible.service(gen, scope, asked.service_id)
        return [found.service_id] if asked.team in (None, found.team) else []
    if asked.team is None:
        return None
    return [one.service_id for one in visible.services(gen, scope) if one.team == asked.team]


def _known_team(gen: Generation, scope: Scope, asked: Asked) -> None:
    if asked.team is not None and all(one.team != asked.team for one in visible.services(gen, scope)):
        raise NotFound(f"there is no team {asked.team!r}")
