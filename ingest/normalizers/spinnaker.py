"""Spinnaker's echo: events of orca's pipelines, bare or wrapped. Pure.

Echo sends an event for every task, stage and pipeline, each with the whole execution in it; only those of pipelines
speak of an attempt. What the deploying stages did is read in `spinnaker_stages.py`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from data import keys
from data.catalog_models import Catalog
from data.events import EventType
from data.models import Instant, Status, Trigger
from ingest import images, mapping, schema, strict_json
from ingest.mapping import Mapped, Named
from ingest.normalizers import parameters, wording
from ingest.normalizers.contract import Ignored, Letter, Reading, Statement, ignore
from ingest.normalizers.placing import no_deployment, unplaced
from ingest.normalizers.spinnaker_bodies import Artifact, Content, Details, Event, Execution, Kind, TriggeredBy
from ingest.normalizers.spinnaker_stages import Stage, Target, deploys, ended, outcome, rolls_back, targets
from ingest.words import DELIVERY_ID, IMAGE

SOURCE = "spinnaker"
WRAPPED = "payload"
MAX_DEPTH = 64
KINDS = ("starting", "complete", "failed")
TRIGGERS = {"manual": Trigger.MANUAL, "git": Trigger.MERGE}


@dataclass(frozen=True, slots=True)
class Run:
    """One event of a pipeline, read."""

    execution: Execution
    kind: str
    n: str
    at: Instant
    started_at: Instant
    ended_at: Instant | None
    parameters: Mapping[str, str]
    artifact: Artifact

    @property
    def trigger(self) -> TriggeredBy:
        return self.execution.trigger or TriggeredBy()


@dataclass(slots=True)
class Place:
    """One service's version on one cluster, and the deploying stages that put it there."""

    found: Mapped
    version: str
    stages: list[Stage] = field(default_factory=list)


def parse(raw: bytes, headers: Mapping[str, str]) -> Any:
    """The body; an execution holds whole manifests, and the executions that set it going, within one another."""
    return strict_json.parse(raw, MAX_DEPTH)


def by_shape(body: Any) -> bool:
    """Whether a body is echo's, wrapped or not."""
    return any(isinstance(one.get("details"), dict) and "content" in one for one in _layers(body))


def normalize(letter: Letter) -> Reading:
    """A deployment for each cluster the pipeline deploys to; InvalidRequest names Spinnaker's own field."""
    body = next((one for one in _layers(letter.body) if "details" in one), letter.body)
    at = "" if body is letter.body else WRAPPED
    details = schema.read(Kind, body, at).details
    if details.type == "build":
        return ignore(Ignored.BUILD_ONLY, f"a build reported by {wording.plain(details.source) or 'echo'}")
    subject, _, kind = details.type.removeprefix("orca:").partition(":")
    if not details.type.startswith("orca:") or subject != "pipeline" or kind not in KINDS:
        what = wording.plain(details.type, 64) or "an event"
        return ignore(Ignored.NOT_ABOUT_US, f"{what} is no start or end of a pipeline")
    run = _run(schema.read(Event, body, at).content, details, kind, f"{at}." if at else "")
    return _reading(run, letter.catalog, _delivery_id(body))


def _layers(body: Any) -> list[dict[str, Any]]:
    """The body, and what a wrapped one wraps."""
    outer = [body] if isinstance(body, dict) else []
    return outer + [one[WRAPPED] for one in outer if isinstance(one.get(WRAPPED), dict)]


def _delivery_id(body: Mapping[str, Any]) -> str | None:
    said = body.get("eventId")
    return said if isinstance(said, str) and DELIVERY_ID.fullmatch(said) else None


def _run(content: Content, details: Details, kind: str, above: str) -> Run:
    execution, at = content.execution, f"{above}content.execution"
    began = "startTime" if execution.startTime is not None or execution.buildTime is None else "buildTime"
    started_at = wording.from_milliseconds(getattr(execution, began), f"{at}.{began}")
    ended_at = None
    if kind != "starting" and execution.endTime is None:
        ended_at = wording.from_milliseconds(details.created, f"{above}details.created")
    elif kind != "starting":
        ended_at = wording.from_milliseconds(execution.endTime, f"{at}.endTime")
    n = content.executionId or execution.id or ""
    return Run(
        execution=execution,
        kind=kind,
        n=n if keys.ATTEMPT_NUMBER.fullmatch(n) else "",
        at=ended_at or started_at,
        started_at=started_at,
        ended_at=ended_at,
        parameters=parameters.read((execution.trigger or TriggeredBy()).parameters),
        artifact=_image(execution.trigger),
    )


def _image(trigger: TriggeredBy | None) -> Artifact:
    """The image the pipeline was given, if any."""
    given = (trigger.artifacts if trigger else None) or []
    return next((one for one in given if one.type in ("docker/image", "docker")), Artifact())


def _reading(run: Run, catalog: Catalog, delivery_id: str | None) -> Reading:
    places: dict[tuple[str, str, str], Place] = {}
    refusals: list[Reading] = []
    for target in targets(run.execution.stages):
        found = _mapped(run, target, catalog)
        version = _version(run, found)
        refused = _refusal(run, found, version)
        if refused:
            refusals.append(refused)
        elif found.cluster_id and found.service_id and version:
            place = places.setdefault((found.cluster_id, found.service_id, version), Place(found, version))
            place.stages += target.stages
    if not places:
        return refusals[0]
    return Reading(tuple(_statement(run, one, delivery_id) for one in places.values()))


def _refusal(run: Run, found: Mapped, version: str | None) -> Reading | None:
    """Why what goes to this target is no deployment of ours; None where it is one."""
    names = {"application": run.execution.application, "pipeline": run.execution.name}
    by_parameters = parameters.first(run.parameters, parameters.CLUSTER) is not None and deploys(run.execution.stages)
    if found.deployment is False or not (found.deployment or by_parameters):
        return no_deployment(found, "pipeline", SOURCE, names)
    unmapped = unplaced(found, SOURCE, names)
    if unmapped is not None:
        return unmapped
    if version is None:
        what = "send a parameter VERSION or an image with a tag, or give the rule a `version`"
        return ignore(Ignored.UNMAPPED, f"nothing names the version: {what}", found.via)
    if not run.n:
        what = "the execution has no id, so that its start and its end cannot be joined"
        return ignore(Ignored.UNMAPPED, what, found.via)
    return None


def _mapped(run: Run, target: Target, catalog: Catalog) -> Mapped:
    execution, trigger = run.execution, run.trigger
    names = {f"parameter.{name}": value for name, value in run.parameters.items()}
    names |= {
        "application": execution.application or "",
        "pipeline": execution.name,
        "account": target.account,
        "namespace": target.namespace,
        "image": run.artifact.reference or "",
        "sha": trigger.hash or "",
    }
    # neither account nor namespace must become a cluster by itself
    places = (f"{target.account}/{target.namespace}", target.account, target.namespace)
    named = Named(
        SOURCE,
        {name: value for name, value in names.items() if wording.plain(value)},
        said_service=parameters.first(run.parameters, parameters.SERVICE),
        said_cluster=parameters.first(run.parameters, parameters.CLUSTER),
        services=(execution.application or "",),
        clusters=parameters.known_clusters(places, catalog),
    )
    return mapping.mapped(catalog, named)


def _version(run: Run, found: Mapped) -> str | None:
    if found.version is not None:
        return wording.version(found.version)
    image, trigger = images.parsed(run.artifact.reference), run.trigger
    sent = (run.artifact.version, trigger.tag, image.tag if image else None)
    tags = (one for text in sent if (one := wording.version(text)))
    return parameters.version(run.parameters) or next(tags, None) or wording.sha(trigger.hash)


def _statement(run: Run, place: Place, delivery_id: str | None) -> Statement:
    found, execution, trigger = place.found, run.execution, run.trigger
    whole = ended(execution.status, run.kind, execution.stages, execution.cancellationReason)
    came_to = outcome(whole, place.stages)
    image = run.artifact.reference or ""
    user = trigger.user or (execution.authentication.user if execution.authentication else None)
    payload = wording.said(
        clusterId=found.cluster_id,
        serviceId=found.service_id,
        buildVersion=place.version,
        attemptNumber=run.n,
        status=came_to.status.value,
        startedAt=run.started_at,
        endedAt=run.ended_at if came_to.status is not Status.IN_PROGRESS else None,
        eventTime=run.at,
        cancelled=came_to.cancelled or None,
        failureReason=came_to.reason,
        trigger=Trigger.ROLLBACK.value if rolls_back(place.stages) else TRIGGERS.get(trigger.type or ""),
        gitSha=wording.sha(trigger.hash),
        image=image if IMAGE.fullmatch(image) else None,
        actor=None if user == "anonymous" else wording.plain(user),
    )
    return Statement(EventType.DEPLOYMENT, payload, delivery_id, (*found.via, came_to.how))
