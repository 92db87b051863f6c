"""GitHub's `deployment` and `deployment_status`: one deployment is one attempt, its statuses say how it went."""

from collections.abc import Mapping
from typing import Any

from data.errors import InvalidRequest
from data.events import EventType
from data.models import Instant, Status, Trigger
from ingest import schema, strict_json
from ingest.mapping import Mapped, Named, mapped
from ingest.normalizers import wording
from ingest.normalizers.contract import Ignored, Letter, Reading, Statement, ignore
from ingest.normalizers.foreign import Foreign, Maybe
from ingest.normalizers.github_words import (
    SOURCE,
    TRIGGERS,
    Person,
    Repository,
    RunBrief,
    Workflow,
    delivery_id,
    login,
    present,
    run_names,
)
from ingest.normalizers.placing import no_deployment, unplaced
from ingest.words import IMAGE

MAX_WORDS = 50
STATES = {
    "pending": Status.IN_PROGRESS, "queued": Status.IN_PROGRESS, "waiting": Status.IN_PROGRESS,
    "in_progress": Status.IN_PROGRESS,
    "success": Status.SUCCESS, "failure": Status.FAILED, "error": Status.FAILED,
}  # fmt: skip
TRIGGER_WORDS = frozenset(trigger.value for trigger in Trigger)


class Deployment(Foreign):
    """What is deployed where; `payload` is whatever its maker attached."""

    id: int
    sha: str
    environment: str
    created_at: str
    ref: Maybe[str] = None
    task: Maybe[str] = None
    original_environment: Maybe[str] = None
    production_environment: Maybe[bool] = None
    transient_environment: Maybe[bool] = None
    payload: Any = None
    creator: Maybe[Person] = None


class DeploymentStatus(Foreign):
    """How a deployment went."""

    state: str
    created_at: str
    environment: Maybe[str] = None
    description: Any = None
    log_url: Any = None
    target_url: Any = None
    environment_url: Any = None


class CheckRun(Foreign):
    """The job behind a deployment that a workflow made."""

    conclusion: Maybe[str] = None


class Created(Foreign):
    """The body of `deployment`."""

    deployment: Deployment
    repository: Repository
    workflow: Maybe[Workflow] = None
    workflow_run: Maybe[RunBrief] = None
    check_run: Maybe[CheckRun] = None


class Changed(Created):
    """The body of `deployment_status`."""

    deployment_status: DeploymentStatus


def created(letter: Letter) -> Reading:
    """A deployment was asked for: the attempt begins."""
    body = schema.read(Created, letter.body)
    started = wording.moment(body.deployment.created_at, "deployment.created_at")
    how = wording.said(status=Status.IN_PROGRESS.value, startedAt=started, eventTime=started)
    return _stated(letter, body, body.deployment.environment, how)


def status_changed(letter: Letter) -> Reading:
    """A deployment's state changed."""
    body = schema.read(Changed, letter.body)
    state = body.deployment_status.state
    if state == "inactive":
        return ignore(Ignored.SUPERSEDED, "a newer deployment took its place")
    if state not in STATES:
        return ignore(Ignored.NO_OUTCOME, f"the state {wording.plain(state, 40)} is none we know")
    environment = body.deployment_status.environment or body.deployment.environment
    return _stated(letter, body, environment, _outcome(body, STATES[state]))


def _outcome(body: Changed, status: Status) -> dict[str, Any]:
    said = body.deployment_status
    started = wording.moment(body.deployment.created_at, "deployment.created_at")
    at = wording.moment(said.created_at, "deployment_status.created_at")
    links = (wording.link(url) for url in (said.log_url, said.target_url, said.environment_url))
    failed = status is Status.FAILED
    stopped = failed and body.check_run is not None and body.check_run.conclusion == "cancelled"
    return wording.said(
        status=status.value,
        startedAt=started,
        endedAt=None if status is Status.IN_PROGRESS else wording.not_before(at, started),
        eventTime=at,
        failureReason=wording.prose(said.description) if failed else None,
        cancelled=stopped or None,
        runUrl=next((url for url in links if url), None),
    )


def _stated(letter: Letter, body: Created, environment: str, how: dict[str, Any]) -> Reading:
    """One statement on the attempt of this deployment, or why there is none."""
    words = attached(body.deployment.payload)
    names = _names(body, environment, words)
    found = mapped(
        letter.catalog,
        Named(
            SOURCE, names,
            said_service=_text(words, "service", "serviceId"), said_cluster=_text(words, "cluster", "clusterId"),
            services=body.repository.called, clusters=(environment,),
        ),
    )  # fmt: skip
    worth = {key: names.get(key) for key in ("repository", "environment")}
    if found.deployment is False:
        return no_deployment(found, "deployment", SOURCE, worth)
    payload = how | wording.said(
        clusterId=found.cluster_id,
        serviceId=found.service_id,
        attemptNumber=str(body.deployment.id),
        gitSha=wording.sha(body.deployment.sha),
        actor=wording.plain(login(body.deployment.creator)),
        **_attached_facts(words, letter.received_at),
    )
    payload.setdefault("trigger", _trigger(body))
    return unplaced(found, SOURCE, worth) or Reading(
        (
            Statement(
                EventType.DEPLOYMENT, wording.said(buildVersion=_version(body.deployment, found, words), **payload),
                delivery_id(letter), found.via,
            ),
        )
    )  # fmt: skip


def attached(payload: Any) -> dict[str, Any]:
    """What the maker of a deployment attached: an object, or one written as a text."""
    if isinstance(payload, str) and payload.strip():
        try:
            payload = strict_json.parse(payload.encode("utf-8", "surrogatepass"))
        except InvalidRequest:  # any text is allowed there; it need not be for us
            return {}
    return payload if isinstance(payload, dict) else {}


def _names(body: Created, environment: str, words: Mapping[str, Any]) -> dict[str, str]:
    deployment = body.deployment
    flags = {
        "productionEnvironment": deployment.production_environment,
        "transientEnvironment": deployment.transient_environment,
    }
    own = {
        "repository": body.repository.full_name,
        "environment": environment,
        "originalEnvironment": deployment.original_environment,
        "task": deployment.task,
        "ref": deployment.ref,
        "sha": deployment.sha,
    }
    own |= {key: str(flag).lower() for key, flag in flags.items() if flag is not None}
    told = ((f"payload.{key}", _text(words, key)) for key in list(words)[:MAX_WORDS])
    return present(run_names(body.workflow_run, body.workflow) | own | dict(told))


def _text(words: Mapping[str, Any], *keys: str) -> str | None:
    """The first of these that is a text, number or flag, as text."""
    for key in keys:
        value = words.get(key)
        if isinstance(value, bool):
            return str(value).lower()
        if isinstance(value, str | int | float) and str(value).strip():
            return str(value).strip()
    return None


def _version(deployment: Deployment, found: Mapped, words: Mapping[str, Any]) -> str:
    told = wording.version(_text(words, "version", "buildVersion"))
    made = wording.version(found.version) or told or wording.release(deployment.ref) or wording.sha(deployment.sha)
    if made is None:
        raise InvalidRequest("must be a git SHA where nothing else names the version", "deployment.sha")
    return made


def _attached_facts(words: Mapping[str, Any], received_at: Instant) -> dict[str, Any]:
    """What else our own words in the payload tell."""
    trigger, image, hotfix = words.get("trigger"), words.get("image"), words.get("hotfix")
    return {
        "trigger": trigger if isinstance(trigger, str) and trigger in TRIGGER_WORDS else None,
        "image": image if isinstance(image, str) and IMAGE.fullmatch(image) else None,
        "hotfix": hotfix if isinstance(hotfix, bool) else None,
        "rollbackToBuild": wording.version(words.get("rollbackToBuild")),
        "committedAt": wording.earlier(words.get("committedAt"), received_at),
    }


def _trigger(body: Created) -> str | None:
    if (body.deployment.task or "").startswith("rollback"):
        return Trigger.ROLLBACK.value
    return TRIGGERS.get((body.workflow_run.event if body.workflow_run else None) or "")
