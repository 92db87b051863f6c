"""What a sender may say, field by field: the document's envelope and its four payloads. Pure.

Unknown fields are ignored, so that a sender may say more than we know of. Null and "" mean "not said":
pipelines expand variables that are not set to nothing.
"""

from collections.abc import Mapping
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator
from pydantic.alias_generators import to_camel

from data.errors import InvalidRequest
from data.events import EventType
from data.models import PromotionStatus
from ingest.words import (
    AttemptId,
    Count,
    DeliveryId,
    EventWord,
    GitSha,
    Id,
    Image,
    Label,
    Name,
    Number,
    PromotionWord,
    Prose,
    Seconds,
    StatusWord,
    Suite,
    Time,
    Title,
    TriggerWord,
    Url,
    VerdictWord,
    Version,
    Word,
)  # fmt: skip

MAX_LABELS = 50
MAX_COMMITS = 500
MAX_FAILED_TESTS = 50

M = TypeVar("M", bound=BaseModel)


def _commit(value: Any) -> Any:
    return {"sha": value} if isinstance(value, str) else value


class Said(BaseModel):
    """Base of everything said: strict types, camelCase, what is null or empty was not said."""

    model_config = ConfigDict(strict=True, frozen=True, extra="ignore", alias_generator=to_camel)

    @model_validator(mode="before")
    @classmethod
    def _drop_unsaid(cls, value: Any) -> Any:
        if not isinstance(value, Mapping):
            return value
        return {key: item for key, item in value.items() if item is not None and item != ""}


class CommitSaid(Said):
    """A change a deployment carries; a bare SHA is enough."""

    sha: GitSha
    committed_at: Time | None = None


Labels = Annotated[list[Label], Field(max_length=MAX_LABELS)]
Commits = Annotated[list[Annotated[CommitSaid, BeforeValidator(_commit)]], Field(max_length=MAX_COMMITS)]


class AttemptSaid(Said):
    """The ways to name an attempt."""

    attempt_id: AttemptId | None = None
    cluster_id: Id | None = None
    service_id: Id | None = None
    build_version: Version | None = None
    attempt_number: Number | None = None
    run_id: Number | None = None
    run_attempt: Number | None = None
    git_sha: GitSha | None = None
    event_time: Time | None = None


class DeploymentSaid(AttemptSaid):
    """The payload of a deployment."""

    status: StatusWord
    started_at: Time
    ended_at: Time | None = None
    trigger: TriggerWord | None = None
    failure_reason: Prose | None = None
    rollback_to_build: Version | None = None
    cancelled: bool | None = None
    hotfix: bool | None = None
    labels: Labels | None = None
    commits: Commits | None = None
    committed_at: Time | None = None
    image: Image | None = None
    actor: Word | None = None
    run_url: Url | None = None


class FailedTestSaid(Said):
    """One failed test of a run; its name alone is enough."""

    name: Title
    message: Prose | None = None
    duration_sec: Seconds | None = None


def _failed_test(value: Any) -> Any:
    return {"name": value} if isinstance(value, str) else value


FailedTests = Annotated[
    list[Annotated[FailedTestSaid, BeforeValidator(_failed_test)]], Field(max_length=MAX_FAILED_TESTS)
]


class TestResultSaid(AttemptSaid):
    """The payload of a test result: counts, or where a tool tells only the outcome, a verdict."""

    __test__ = False

    suite_type: Suite
    test_run_id: Name | None = None
    total: Count | None = None
    passed: Count | None = None
    failed: Count | None = None
    skipped: Count | None = None
    verdict: VerdictWord | None = None
    duration_sec: Seconds | None = None
    executed_at: Time | None = None
    report_url: Url | None = None
    failed_tests: FailedTests | None = None


class PromotionSaid(Said):
    """The payload of a promotion."""

    promotion_id: Name | None = None
    service_id: Id
    build_version: Version
    from_cluster_id: Id
    to_cluster_id: Id
    promoted_at: Time
    status: PromotionWord = PromotionStatus.SUCCEEDED
    promoted_by: Word | None = None
    approver: Word | None = None
    reason: Prose | None = None
    event_time: Time | None = None


class IncidentSaid(Said):
    """The payload of an incident."""

    incident_id: Name
    service_id: Id
    cluster_id: Id | None = None
    started_at: Time
    resolved_at: Time | None = None
    attempt_id: AttemptId | None = None
    title: Title | None = None
    url: Url | None = None
    event_time: Time | None = None


class BuildSaid(Said):
    """The payload of a build: which commit an image was made from, said once per build."""

    image: Image
    sha: GitSha
    committed_at: Time | None = None
    event_time: Time | None = None


class RetirementSaid(Said):
    """The payload of a retirement: a service taken from a cluster."""

    cluster_id: Id
    service_id: Id
    retired_at: Time
    event_time: Time | None = None


class Envelope(Said):
    """The document's envelope (7.5)."""

    source: Id
    event_type: EventWord
    event_id: DeliveryId | None = None
    payload: dict[str, Any]


SAID: dict[EventType, type[Said]] = {
    EventType.DEPLOYMENT: DeploymentSaid,
    EventType.TEST_RESULT: TestResultSaid,
    EventType.PROMOTION: PromotionSaid,
    EventType.INCIDENT: IncidentSaid,
    EventType.BUILD: BuildSaid,
    EventType.RETIREMENT: RetirementSaid,
}
KNOWN = {kind: frozenset(f.alias for f in model.model_fields.values()) for kind, model in SAID.items()}
ENVELOPE_FIELDS = frozenset(f.alias for f in Envelope.model_fields.values())


def unknown_fields(body: Mapping[str, Any], most: int = 20) -> list[str]:
    """Dotted names of what a valid envelope says and we do not know: a misspelt optional field shows here."""
    known = KNOWN[EventType(body["eventType"])]
    found = [key for key in body if key not in ENVELOPE_FIELDS]
    found += [f"payload.{key}" for key in body["payload"] if key not in known]
    return [name[:100] for name in sorted(found)[:most]]


def read(model: type[M], value: Any, at: str = "") -> M:
    """`value` as a `model`; InvalidRequest names the first wrong field by its dotted path below `at`."""
    try:
        return model.model_validate(value)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        path = ".".join([at] * bool(at) + [str(part) for part in first["loc"]])
        raise InvalidRequest(_reason(first), path or None) from None


def _reason(error: Mapping[str, Any]) -> str:
    """pydantic's finding in our words."""
    kind, context = error["type"], error.get("ctx", {})
    if kind == "value_error":
        return str(context["error"])
    if kind == "enum":
        return f"must be one of {context['expected']}".replace("'", "")
    return _REASONS.get(kind, "").format(**context) or f"is not accepted: {error['msg']}"


_REASONS = {
    "missing": "is required",
    "string_type": "must be a text",
    "bool_type": "must be true or false",
    "int_type": "must be a whole number",
    "int_from_float": "must be a whole number",
    "float_type": "must be a number",
    "list_type": "must be an array",
    "dict_type": "must be an object",
    "model_type": "must be an object",
    "model_attributes_type": "must be an object",
    "greater_than_equal": "must be at least {ge}",
    "less_than_equal": "must be at most {le}",
    "finite_number": "must be a finite number",
    "too_long": "must have at most {max_length} entries",
}
