"""The schemas of what goes out: alerts with how far they got on each channel, and events."""

from api.schemas import COUNT, ID, PERCENT, TEXT, TIME, TRUTH, Schema, array, closed, maybe, ref, words
from data.alert_models import AlertEvent, AlertKind, AlertMetric, Sent
from data.catalog_models import ClusterType

CHANNEL = closed(
    "How far an alert got on one channel.",
    channel=ID, state=words(Sent), at=maybe(TIME, "The last try."), tries=COUNT,
    reason=maybe(TEXT, "Why it did not arrive."),
)  # fmt: skip
FIRED = closed(
    "What a rule fired.",
    id=TEXT | {"description": "The same however often the same is found; receivers get it as `webhook-id`."},
    firedAt=TIME, ruleId=ID, ruleName=TEXT, kind=words(AlertKind),
    at=TIME | {"description": "When what it tells of happened."}, title=TEXT, text=TEXT,
    path=TEXT | {"description": "The page of the rows behind it."},
    clusterId=maybe(ID), serviceId=maybe(ID), buildVersion=maybe(TEXT), attemptId=maybe(TEXT),
    channels=array(CHANNEL),
)  # fmt: skip
RULE = closed(
    "A rule of the catalog, on an event or on a metric.",
    id=ID, name=TEXT, event=maybe(words(AlertEvent)), metric=maybe(words(AlertMetric)),
    above=maybe(PERCENT), below=maybe(PERCENT), clear=maybe(PERCENT), windowDays=maybe(COUNT), least=maybe(COUNT),
    stage=maybe(words(ClusterType)), clusterIds=array(ID), serviceIds=array(ID), team=maybe(TEXT),
    per=maybe({"type": "string", "enum": ["service"]}, "It looks at each service by itself."),
    channels=array(ID), value=maybe(PERCENT, "The metric now."), n=maybe(COUNT, "Of how many attempts."),
    reason=maybe(TEXT, "Why there is no value."), firing=maybe(TRUTH, "Null for rules on events."),
    since=maybe(TIME, "When it last began or ceased to fire."),
    services=maybe(
        array(closed(
            "A service for which it fires.", serviceId=ID, since=TIME, value=maybe(PERCENT), n=maybe(COUNT),
        )),
        "Of a rule on each service: those for which it fires.",
    ),
)  # fmt: skip

ALERT_SCHEMAS: dict[str, Schema] = {
    "FiredAlert": FIRED,
    "AlertPage": closed("A page of alerts.", alerts=array(ref("FiredAlert")), nextCursor=maybe(TEXT)),
    "AlertRules": closed("The rules.", rules=array(RULE)),
}

EVENT_SCHEMAS: dict[str, Schema] = {
    "EventPage": closed(
        "A page of events.",
        events=array(
            closed(
                "A CloudEvent in structured mode: its data is a CDEvent, or our payload (`dev.ddq.deployment`).",
                specversion=TEXT, id=TEXT, source=TEXT, type=TEXT, subject=TEXT, time=TIME, datacontenttype=TEXT,
                data={"type": "object"},
            )
        ),
        nextCursor=maybe(TEXT),
    )
}  # fmt: skip
