"""What the schemas cannot say, told to schemathesis: which parameters belong together, and which ids exist.

Only cases meant to be valid are touched; what is meant to be wrong is sent as it was made.
"""

import os
from datetime import date, timedelta
from typing import Any

import schemathesis

from tests.api.reading_csv import lines

DAYS = (
    "/metrics/dora",
    "/dora/ledger",
    "/delivery-ledger.csv",
    "/delivery.csv",
    "/delivery-comparison.csv",
    "/api/analytics",
    "/summary",
    "/services/{serviceId}",
    "/exports/scorecard.csv",
    "/history",
)
OF_A_SERVICE = ("/promotions/lanes", "/promotions/debt", "/promotions/convergence")
CHARTS = ("/exports/analytics/", "/quality", "/gates/")
KNOWN = dict(pair.split("=", 1) for pair in os.environ.get("KNOWN_IDS", "").split() if "=" in pair)


@schemathesis.deserializer("text/csv")
def read_csv(_context: Any, response: Any) -> str:
    """The text of a file whose every line has as many cells as there are columns."""
    names, *others = lines(response.content)
    assert all(len(one) == len(names) for one in others)
    return str(response.content.decode())


@schemathesis.hook
def before_call(_context: Any, case: Any, _kwargs: dict[str, Any]) -> None:
    """Make a valid case one that the server can have: real ids, ordered dates, no invented cursor."""
    if case.meta is None or not case.meta.generation.mode.is_positive:
        return
    if len(str(case.path_parameters or "")) % 2:
        case.path_parameters.update({k: KNOWN[k] for k in case.path_parameters if k in KNOWN})
    query = case.query
    if not isinstance(query, dict):
        return
    query.pop("cursor", None)
    if case.path.endswith(OF_A_SERVICE) and "serviceId" in query:
        query["serviceId"] = KNOWN.get("serviceId", "authn")
    if "/exports/" in case.path:
        query.pop("team", None)  # none of these services has one
        query |= {name: KNOWN[name] for name in query if name in KNOWN}
    if "from" in query or "to" in query:
        query |= dates(case.path, len(str(query)), hourly=query.get("grain") == "hour")
    if "day" in query:
        query["day"] = "2026-02-20"  # a day that is held
    if "date" in query:
        query["date"] = "2026-02-24"  # the day of these tests, whose card is live
    if "asOf" not in query:
        query.pop("knownAt", None)
    query |= {name: past(len(str(query))) for name in ("asOf", "knownAt") if name in query}


def past(seed: int) -> str:
    """An instant whose state is held."""
    return f"2026-02-{seed % 20 + 1:02}T{seed % 24:02}:00:00+01:00"


def dates(path: str, seed: int, hourly: bool) -> dict[str, str]:
    """A range that ends on or after it starts, is not too long, and where what was is asked for lies in the past."""
    first = date(2026, 1, 1) + timedelta(days=seed % (40 if path.endswith("/changes") else 60))
    last = first + timedelta(days=seed % (2 if hourly else 7))
    if path.endswith(DAYS) or any(part in path for part in CHARTS):
        return {"from": first.isoformat(), "to": last.isoformat()}
    return {"from": f"{first}T00:00:00+01:00", "to": last.isoformat()}
