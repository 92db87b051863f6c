"""The parameters of tests, retries and gates."""

from dataclasses import replace
from datetime import datetime

from api import params, values
from api.params import FIRST, LAST, Asked, Parameter
from data.instants import to_instant
from data.quality_views import BackTestRule, QualityFilter

MOST_SUITES = 20
MOST_SOAK = 720
SUITE = "[A-Za-z][A-Za-z0-9_]{0,49}"

SUITES = Parameter(
    "suites", "suites", values.suite_names,
    {"type": "string", "pattern": rf"^{SUITE}(,{SUITE})*$", "maxLength": 400},
    "Suites in any letter case, with commas between them: each must have passed, or reached `minPassRate`, in the "
    "stage before.",
    "REGRESSION",
)  # fmt: skip
MIN_PASS_RATE = Parameter(
    "minPassRate", "min_pass_rate", values.tenths(100), {"type": "number", "minimum": 0, "maximum": 100},
    "The least share of the tests not skipped that passed, in percent, to a tenth; without it: just passed.",
    99.5,
)  # fmt: skip
SOAK_HOURS = Parameter(
    "soakHours", "soak_hours", values.tenths(MOST_SOAK), {"type": "number", "minimum": 0, "maximum": MOST_SOAK},
    "Hours served in the stage before, to a tenth.", 12,
)  # fmt: skip
SERVICE = replace(params.SERVICE_ID, description="The service.", required=True)
VERSION = replace(params.VERSION, description="The version that would go there.", required=True)
TO_CLUSTER = Parameter(
    "toClusterId", "to_cluster_id", values.identifier, params.ID_SCHEMA, "Where it would go.", "aquila-us-west-2",
    required=True,
)  # fmt: skip

QUALITY = (params.SERVICE_ID, params.CLUSTER_ID, params.TEAM, FIRST, LAST)
RULE = (SUITES, MIN_PASS_RATE, SOAK_HOURS)
CHECK = (SERVICE, VERSION, TO_CLUSTER)


def quality_filter(asked: Asked, now: datetime, days: int) -> QualityFilter:
    """What is asked for; without days as many as attempts are kept."""
    first, last = params.period(asked, to_instant(now)[:10], days)
    return QualityFilter(first, last, asked.service_id, asked.cluster_id, asked.team)


def rule(asked: Asked) -> BackTestRule:
    """The rule to try."""
    return BackTestRule(asked.suites, asked.min_pass_rate, asked.soak_hours or None)
