"""CDEvents 0.3 to 0.5: services deployed and removed, test suites, pipeline runs, incidents. Pure.

`dev.cdevents.<subject>.<predicate>.<version>`: subject and predicate say what it is; the version of the type changed
nothing that we read. What CDEvents has no field for (counts, our ids, a start) is read from `customData`.
"""

from collections.abc import Callable, Mapping
from typing import Any

from data import keys
from data.catalog_models import Catalog
from data.errors import InvalidRequest
from data.events import EventType
from data.models import Status, Trigger
from ingest import schema
from ingest.normalizers import cdevents_tests, wording
from ingest.normalizers.cdevents_parts import PREFIX, SOURCE, CDEvent, Told, identifier, places, told
from ingest.normalizers.contract import Ignored, Reading, Statement, ignore
from ingest.normalizers.placing import no_deployment, unplaced
from ingest.normalizers.purl import artifact
from ingest.words import IMAGE

RUN_STATUS = {
    "success": Status.SUCCESS, "pass": Status.SUCCESS,
    "failure": Status.FAILED, "fail": Status.FAILED, "error": Status.FAILED,
    "cancel": Status.FAILED, "cancelled": Status.FAILED, "canceled": Status.FAILED,
}  # fmt: skip
# Of whole subjects, and of single predicates, why they change nothing.
PASSED_OVER = {
    "build": (Ignored.BUILD_ONLY, "something was built, nothing was deployed"),
    "artifact": (Ignored.BUILD_ONLY, "an artifact was made, nothing was deployed"),
    "service.published": (Ignored.BUILD_ONLY, "a published service is not deployed by that"),
    "taskrun": (Ignored.NOT_ABOUT_US, "a task is part of a pipeline run"),
    "testcaserun": (Ignored.NOT_ABOUT_US, "a test case is part of a suite's run"),
    "testsuiterun.queued": (Ignored.UNFINISHED, "the suite's run has no outcome yet"),
    "testsuiterun.started": (Ignored.UNFINISHED, "the suite's run has no outcome yet"),
    "pipelinerun.queued": (Ignored.UNFINISHED, "the pipeline run waits"),
}


def is_bare(body: Any) -> bool:
    """Whether a body is a CDEvent without a CloudEvent around it."""
    context = body.get("context") if isinstance(body, dict) else None
    kind = context.get("type") if isinstance(context, dict) else None
    return isinstance(kind, str) and kind.startswith(PREFIX) and "subject" in body


def read(catalog: Catalog, kind: str, data: Any, at: str) -> Reading:
    """What a CDEvent of this type says; InvalidRequest names its field below `at`."""
    subject, _, rest = kind.removeprefix(PREFIX).partition(".")
    name = f"{subject}.{rest.partition('.')[0]}"
    if name in READERS:
        event = schema.read(CDEvent, data, at)
        return READERS[name](told(subject, event, catalog, at), catalog)
    reason, detail = PASSED_OVER.get(name) or PASSED_OVER.get(subject) or (
        Ignored.NOT_ABOUT_US, "says nothing of deployments, tests or incidents"
    )  # fmt: skip
    return ignore(reason, f"{wording.plain(name, 100)}: {detail}")


def _deployed(event: Told, catalog: Catalog) -> Reading:
    return _service(event, None)


def _rolled_back(event: Told, catalog: Catalog) -> Reading:
    """The recovery: the attempt that failed is not named by this event."""
    return _service(event, Trigger.ROLLBACK)


def _service(event: Told, trigger: Trigger | None) -> Reading:
    """A deployment that went well; CDEvents has no event of one that did not."""
    if event.found.deployment is False:
        return no_deployment(event.found, "service event", SOURCE, places(event))
    refused = unplaced(event.found, SOURCE, places(event))
    if refused is not None:
        return refused
    if event.version is None:
        given = event.content.artifactId
        why = "is required, or customData.version" if given is None else "names no version"
        raise InvalidRequest(why, event.field("subject.content.artifactId"))
    n, exact = event.number(None), event.exact_number
    ended = event.at if event.began else None  # nobody told when it began: no duration rather than none at all
    of = _deployment(event, exact or (f"{n}.rollback" if n and trigger else n))
    payload = of | wording.said(status=Status.SUCCESS.value, endedAt=ended)
    return _one(EventType.DEPLOYMENT, payload | wording.said(trigger=trigger.value if trigger else None), event)


def _removed(event: Told, catalog: Catalog) -> Reading:
    refused = unplaced(event.found, SOURCE, places(event))
    if refused is not None:
        return refused
    payload = wording.said(clusterId=event.found.cluster_id, serviceId=event.found.service_id, retiredAt=event.at)
    return _one(EventType.RETIREMENT, payload, event)


def _run_started(event: Told, catalog: Catalog) -> Reading:
    return _run(event, Status.IN_PROGRESS)


def _run_finished(event: Told, catalog: Catalog) -> Reading:
    """A failed deployment, or a good one: only where a rule or customData says that this run deploys."""
    return _run(event, None)


def _run(event: Told, status: Status | None) -> Reading:
    custom, found = event.custom, event.found
    named = custom.service and (custom.cluster or event.content.environment) and event.version
    if found.deployment is False or not (found.deployment or named):
        return no_deployment(found, "pipeline run", SOURCE, places(event))
    refused = unplaced(found, SOURCE, places(event))
    if refused is not None:
        return refused
    if event.version is None:
        return ignore(Ignored.UNMAPPED, "nothing names the version: send customData.version", found.via)
    status = status or _outcome(event)
    over = status is not Status.IN_PROGRESS
    payload = _deployment(event, event.exact_number or event.number(event.subject_id)) | wording.said(
        status=status.value,
        endedAt=event.at if over else None,
        cancelled=True if over and (event.content.outcome or "").startswith("cancel") else None,
        failureReason=wording.prose(event.content.errors) if status is Status.FAILED else None,
        runUrl=wording.link(event.content.uri) or wording.link(event.content.url),
    )
    return _one(EventType.DEPLOYMENT, payload, event)


def _outcome(event: Told) -> Status:
    outcome = event.content.outcome
    if outcome not in RUN_STATUS:
        why = "is required" if outcome is None else f"must be one of {', '.join(RUN_STATUS)}"
        raise InvalidRequest(why, event.field("subject.content.outcome"))
    return RUN_STATUS[outcome]


def _deployment(event: Told, n: str | None) -> dict[str, Any]:
    """What every deployment says, however it went."""
    custom, found = event.custom, event.found
    made_of = artifact(event.content.artifactId)
    image = custom.image if custom.image and IMAGE.fullmatch(custom.image) else made_of.image
    trigger = (custom.trigger or "").lower()
    return wording.said(
        clusterId=found.cluster_id,
        serviceId=found.service_id,
        buildVersion=event.version,
        attemptNumber=n,
        startedAt=event.began or event.at,
        eventTime=event.at,
        gitSha=wording.sha(custom.gitSha) or made_of.sha,
        image=image,
        trigger=trigger if trigger in set(Trigger) else None,
        actor=wording.plain(custom.actor),
        committedAt=event.optional_time(custom.committedAt),
    )


def _incident_opened(event: Told, catalog: Catalog) -> Reading:
    return _incident(event, resolved=False)


def _incident_resolved(event: Told, catalog: Catalog) -> Reading:
    """Its start is told by the event that opened it; the earliest start of an incident holds."""
    return _incident(event, resolved=True)


def _incident(event: Told, *, resolved: bool) -> Reading:
    found = event.found
    if found.ignored_by is not None or found.service_id is None:
        refused = unplaced(found, SOURCE, places(event))
        if refused is not None:
            return refused
    payload = wording.said(
        incidentId=identifier(event.subject_id),
        serviceId=found.service_id,
        clusterId=found.cluster_id,
        startedAt=event.began or event.at,
        resolvedAt=event.at if resolved else None,
        attemptId=_named_attempt(event),
        title=None if resolved else wording.plain(event.content.description, 500),
        url=wording.link(event.content.ticketURI),
        eventTime=event.at,
    )
    return _one(EventType.INCIDENT, payload, event)


def _named_attempt(event: Told) -> str | None:
    """The attempt that customData says an incident is of."""
    said = event.custom.attemptId or ""
    return said if keys.split_attempt_id(said) else None


def _suite_finished(event: Told, catalog: Catalog) -> Reading:
    refused = unplaced(event.found, SOURCE, places(event))
    return refused or cdevents_tests.reading(event, catalog)


def _one(kind: EventType, payload: Mapping[str, Any], event: Told) -> Reading:
    return Reading((Statement(kind, payload, via=event.found.via),))


READERS: dict[str, Callable[[Told, Catalog], Reading]] = {
    "service.deployed": _deployed,
    "service.upgraded": _deployed,
    "service.rolledback": _rolled_back,
    "service.removed": _removed,
    "pipelinerun.started": _run_started,
    "pipelinerun.finished": _run_finished,
    "testsuiterun.finished": _suite_finished,
    "incident.detected": _incident_opened,
    "incident.reported": _incident_opened,
    "incident.resolved": _incident_resolved,
}
