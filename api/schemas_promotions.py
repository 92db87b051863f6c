"""The schemas of the lanes: what waits on the promotion path and what would block it."""

from api.schemas import COUNT, ID, SECONDS, TEXT, TIME, TRUTH, Schema, array, by_suite, closed, maybe, ref, words
from data.catalog_models import ClusterType
from data.models import PromotionStatus
from data.promotion_views import BlockerKind

BEHIND = closed(
    "How many newer versions served in the stage before.", versions=COUNT,
    exact=TRUTH | {"description": "False where more may lie between: then it is at least so many."},
)  # fmt: skip
BLOCKER = closed(
    "One reason why the version should not move on yet.", kind=words(BlockerKind),
    clusterId=ID | {"description": "Where the reason lies."}, words=TEXT,
    until=maybe(TIME, "When it ends, where that is known."),
)  # fmt: skip
WAITING = closed(
    "A version that serves here and nowhere after this place on its way.",
    buildVersion=TEXT, since=TIME, targets=array(ID) | {"description": "Where it would go next."},
    soakUntil=maybe(TIME, "Null where no soak time is set."), soakLeftSec=maybe(SECONDS),
    gates=by_suite(ref("Gate")), blockers=array(ref("Blocker")),
    underWay=maybe(words(PromotionStatus), "APPROVED or IN_PROGRESS where somebody is moving it."),
    promotedBy=maybe(TEXT, "Who had it promoted here, where that was reported."),
)  # fmt: skip
STOP = closed(
    "One cluster-region of a service's lane.",
    clusterId=ID, stage=words(ClusterType), soakHours=maybe(SECONDS), currentVersion=maybe(TEXT),
    attemptId=maybe(TEXT, "The attempt that serves."), servingSince=maybe(TIME), retired=TRUTH,
    behind=maybe(ref("Behind"), "Null where it cannot be told."),
    waiting=maybe(ref("Waiting"), "Null where nothing waits."),
)  # fmt: skip
FREEZE = closed(
    "A window in which nothing should be deployed; empty lists mean all.",
    **{"name": TEXT, "from": TIME, "to": TIME, "clusterIds": array(ID), "serviceIds": array(ID), "reason": TEXT},
)

PROMOTION_SCHEMAS: dict[str, Schema] = {
    "Behind": BEHIND,
    "Blocker": BLOCKER,
    "Waiting": WAITING,
    "LaneStop": STOP,
    "Freeze": FREEZE,
    "Lanes": closed(
        "Services on their way through the stages.", asOf=TIME, generation=COUNT,
        stages=array(closed("A stage.", type=words(ClusterType), clusterIds=array(ID))),
        lanes=array(closed("A service.", serviceId=ID, serviceName=TEXT, stops=array(ref("LaneStop")))),
        offPath=array(ID) | {"description": "Cluster-regions whose stage the catalog does not say."},
        freezes=array(ref("Freeze")) | {"description": "Open now, or beginning within 14 days."},
        promotionsRead=TRUTH | {
            "description": "False while promotions cannot be read: whether one is pending is then not known."
        },
    ),
}  # fmt: skip
