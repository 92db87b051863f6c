"""What the routes of the score card may be asked."""

from dataclasses import replace

from api import values
from api.params import DAY_SCHEMA, FIRST, LAST, MAX_DAYS, RULE, TEAM, Parameter

ON_DAY = Parameter(
    "date", "day", values.day, DAY_SCHEMA, "The score card of this UTC day; today's without it.", "2026-02-24"
)
SCORE_RULE = replace(RULE, description="Only this rule's cells.", example="deployments-work")
SCORE_LEVEL = Parameter(
    "level", "score_level", values.score_level, {"type": "string", "enum": list(values.SCORE_LEVELS)},
    "Only services that have exactly this level; `none`: those without one.", "Silver",
)  # fmt: skip
SCORE_FIRST = replace(FIRST, description="The first UTC day. Without it 90 days before the last.")
SCORE_LAST = replace(LAST, description=f"The last UTC day, today without it. {MAX_DAYS} days at most.")

SCORECARD = (ON_DAY, TEAM, SCORE_RULE, SCORE_LEVEL)
SCORE_HISTORY = (SCORE_FIRST, SCORE_LAST)
