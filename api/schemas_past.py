"""The schemas of what changed between two instants."""

from api.schemas import COUNT, ID, STAMP, STATE, TEXT, TIME, Schema, array, by_suite, closed, maybe, ref, words
from data.catalog_models import ClusterType
from data.models import Verdict
from data.past_views import What

PAST_SCHEMAS: dict[str, Schema] = {
    "GateMove": closed(
        "A suite whose verdict is another one.",
        before=maybe(words(Verdict), "Null where there was no such gate."), after=maybe(words(Verdict)),
    ),
    "PairState": STATE,
    "PairChange": closed(
        "A service on a cluster-region at both instants.",
        serviceId=ID, serviceName=TEXT, clusterId=ID, clusterName=TEXT, clusterType=words(ClusterType),
        what=words(What) | {"description": "The gravest thing that happened."},
        before=maybe(ref("PairState"), "Null where it was not there yet."),
        after=maybe(ref("PairState"), "Null where it was retired."),
        gates=by_suite(ref("GateMove")), attempts=COUNT | {"description": "Begun in between."},
        failedAttempts=array(ref("AttemptSummary")) | {"description": "Failed or rolled back in between."},
    ),
    "Changes": closed(
        "What is otherwise at the later instant.",
        **STAMP, **{"from": TIME, "to": TIME},
        summary=closed(
            "Of all that were looked at.", pairs=COUNT, changed=COUNT, attempts=COUNT, failedAttempts=COUNT
        ),
        changes=array(ref("PairChange")),
    ),
}  # fmt: skip
