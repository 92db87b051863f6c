"""Argo Rollouts' notifications, sent with our template: one revision of a Rollout is one attempt."""

from typing import Any

from data.errors import InvalidRequest
from data.events import EventType
from data.models import Instant, Status
from ingest import schema
from ingest.mapping import Mapped, Named, mapped
from ingest.normalizers import rollout_states, wording, workloads
from ingest.normalizers.contract import Ignored, Letter, Reading, Statement, ignore
from ingest.normalizers.rollout_states import Verdict
from ingest.normalizers.workloads import Workload, image_of, version_of
from ingest.schema import Said

SOURCE = "argo-rollouts"


class Context(Said):
    """What the notifications' settings add: a Rollout does not know its cluster."""

    cluster: Any = None
    dashboard_url: Any = None


class Notification(Said):
    """The body of our template."""

    rollout: Workload
    context: Context = Context()


def by_shape(body: Any) -> bool:
    """Whether a body is our template's."""
    return isinstance(body, dict) and isinstance(body.get("rollout"), dict) and "eventType" not in body


def normalize(letter: Letter) -> Reading:
    """What became of the Rollout's current revision."""
    note = schema.read(Notification, letter.body)
    workload = note.rollout.model_copy(update={"kind": "Rollout"})
    if workload.outdated:
        return ignore(Ignored.OUTDATED, "the Rollout's controller has not seen its newest generation yet")
    verdict = rollout_states.rollout(workload)
    if verdict is None:
        return ignore(Ignored.UNFINISHED, "nothing began: the Rollout has no new pods, or runs what it ran before")
    started = rollout_states.began(workload, verdict)
    if started is None:
        raise InvalidRequest("is required where no condition says since when", "rollout.metadata.creationTimestamp")
    return _stated(letter, note, workload, verdict, started)


def _stated(letter: Letter, note: Notification, workload: Workload, verdict: Verdict, started: Instant) -> Reading:
    image = image_of(workload, workload.spec.template)
    found = mapped(letter.catalog, _named(note, workload, image.reference if image else None))
    if found.ignored_by is not None:
        return ignore(Ignored.RULE, f"the rule “{found.ignored_by}” ignores it", found.via)
    version = found.version or version_of(workload, workload.spec.template, image)
    missing = _missing(found, version)
    if missing is not None:
        return ignore(Ignored.UNMAPPED, missing, found.via)
    ended = verdict.at if verdict.status is not Status.IN_PROGRESS else None
    payload = wording.said(
        clusterId=found.cluster_id, serviceId=found.service_id, buildVersion=version,
        attemptNumber=workload.attempt_number(), status=verdict.status.value, startedAt=started,
        endedAt=wording.not_before(ended, started), eventTime=max(started, verdict.at or started),
        failureReason=verdict.reason, image=image.reference if image else None,
        runUrl=wording.link(note.context.dashboard_url),
    )  # fmt: skip
    return Reading((Statement(EventType.DEPLOYMENT, payload, via=found.via),))


def _missing(found: Mapped, version: str | None) -> str | None:
    if found.cluster_id is None:
        return "the Rollout names no cluster: set context.cluster, annotate ddq/cluster, or add a rule on namespace"
    if found.service_id is None:
        return "no rule gives a service: annotate ddq/service, or add a rule on name and namespace"
    if version is None:
        return "the image names no version: annotate ddq/version, or add a rule that gives one"
    return None


def _named(note: Notification, workload: Workload, image: str | None) -> Named:
    return workloads.named(SOURCE, workload, image, wording.plain(note.context.cluster))
