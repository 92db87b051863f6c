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
    "MedianOfWaves": closed(
        "The median of the newest waves that got so far.",
        median=maybe(SECONDS, "Null where none did."), n=COUNT | {"description": "How many did."},
    ),
    "Wave": closed(
        "One version on its way over a stage.",
        buildVersion=TEXT, since=TIME | {"description": "Its first success in the stage."},
        attemptId=maybe(TEXT), halfSec=maybe(SECONDS, "Null: not half of them yet."),
        fullSec=maybe(SECONDS, "Null: not all of them yet."),
        reached=maybe(COUNT, "Cluster-regions that serve it or a newer one now; null where that cannot be told."),
        stragglers=array(ID) | {"description": "Cluster-regions that serve something older, or nothing."},
    ),
    "Convergence": closed(
        "How long versions take over the cluster-regions of a stage.", asOf=TIME, generation=COUNT,
        stage=maybe(words(ClusterType), "Null where no stage has several cluster-regions."),
        stages=array(words(ClusterType)) | {"description": "Those that have several."},
        days=COUNT | {"description": "So far back was looked."},
        complete=TRUTH | {"description": "False where only the newest attempts of these days were looked at."},
        services=array(closed(
            "A service with several cluster-regions in the stage.", serviceId=ID, serviceName=TEXT,
            clusterRegions=COUNT, halfSec=ref("MedianOfWaves"), fullSec=ref("MedianOfWaves"),
            waves=array(ref("Wave")) | {"description": "The newest first."},
        )),
    ),
    "PromotionDebt": closed(
        "What waits on the promotion path, weighed by how long.", asOf=TIME, generation=COUNT,
        debts=array(closed(
            "A service with versions that wait.", serviceId=ID, serviceName=TEXT,
            totalSec=SECONDS | {"description": "All of its waiting together."},
            waiting=array(closed(
                "A version that waits on a cluster-region.", clusterId=ID, buildVersion=TEXT, since=TIME,
                waitedSec=SECONDS, targets=array(ID) | {"description": "Where it would go next."},
            )) | {"description": "The longest first."},
        )),
    ),
}  # fmt: skip
