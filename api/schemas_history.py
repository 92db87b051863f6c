"""The schemas of two attempts compared, and of the way back of a pair."""

from api.schemas import ATTEMPT, COUNT, ID, SECONDS, TEXT, TRUTH, Schema, array, by_suite, closed, maybe, merged, ref
from data.service_views import Basis

POINTS: Schema = {"type": "number", "minimum": -100, "maximum": 100}
TEST = closed("A failed test of a suite.", suite=TEXT, name=TEXT)

HISTORY_SCHEMAS: dict[str, Schema] = {
    "ComparedAttempt": merged(
        "One of the two.", ATTEMPT, durationSec=maybe(SECONDS, "Null while it runs."),
    ),
    "GateChange": closed(
        "One suite on both sides.", a=maybe(ref("Gate"), "Null where it was neither expected nor run."),
        b=maybe(ref("Gate")), passRateDelta=maybe(POINTS, "In points, from a to b; null where one has no counts."),
        failedDelta=maybe({"type": "integer"}),
    ),
    "ChangedTest": TEST,
    "Comparison": closed(
        "Two attempts of a service: what changed from a to b.",
        a=ref("ComparedAttempt"), b=ref("ComparedAttempt"),
        commits=array(ref("Commit")) | {
            "description": "Those sent with the attempts after the earlier one, up to the later one."
        },
        commitsComplete=TRUTH | {"description": "Whether each of those attempts named its commits."},
        gates=by_suite(ref("GateChange")),
        newFailures=array(ref("ChangedTest")), fixed=array(ref("ChangedTest")),
        stillFailing=array(ref("ChangedTest")),
        unnamed=array(TEXT) | {"description": "Suites of which more tests failed than were named."},
    ),
    "Expected": closed(
        "How long a rollback took before.", minutes=maybe(SECONDS, "The median; null where n is 0."), n=COUNT,
        basis=maybe({"type": "string", "enum": [one.value for one in Basis]}, "Whose rollbacks these were."),
    ),
    "Rollback": closed(
        "Where a service on a cluster-region could go back to.",
        serviceId=ID, clusterId=ID,
        inTrouble=TRUTH | {"description": "Whether the latest attempt that finished failed or was rolled back."},
        latestFinished=maybe(ref("AttemptSummary")), serving=maybe(ref("AttemptSummary")),
        lastGood=maybe(ref("AttemptSummary"), "The newest good version other than the one that serves."),
        gates=by_suite(ref("Gate")) | {"description": "Of the last good one."},
        liveSec=maybe(SECONDS, "How long the last good one served, until the next success; null if not known."),
        lost=closed(
            "What would be undone by going back to it.", versions=array(TEXT), commits=array(ref("Commit")),
            complete=TRUTH | {"description": "Whether all of it is known."},
        ),
        expected=ref("Expected"),
    ),
}  # fmt: skip
