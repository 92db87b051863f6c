"""Links to the files of what a page shows: all of its filters, and the instant it looks back to."""

import context
from components.exporting import csv_link, csv_path
from components.links import Query
from components.tags import Node
from pages.asked import stored


def csv(name: str, query: Query, of: str) -> Node:
    """A download of `of`: the export of that name, with the parameters of its API."""
    return csv_link(address(name, query), of)


def address(name: str, query: Query) -> str:
    """Where that download is."""
    as_of, known_at = context.looked_back_to()
    return csv_path(name, query | {"asOf": as_of, "knownAt": known_at})


def outcome(asked: str | None) -> Query:
    """A page's outcome as the API's parameters say it."""
    status, cancelled = stored(asked)
    return {"status": status and status.value, "cancelled": None if cancelled is None else str(cancelled).lower()}
