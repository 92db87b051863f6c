"""The parts of a CDEvent that we read, with the names in it made our ids. Pure."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from data import keys
from data.catalog_models import Catalog
from data.instants import parse_instant
from data.models import Instant
from ingest import mapping
from ingest.mapping import Mapped, Named
from ingest.normalizers import wording
from ingest.normalizers.foreign import Foreign, Maybe
from ingest.normalizers.purl import artifact
from ingest.words import NAME

SOURCE = "cdevents"
PREFIX = "dev.cdevents."
LONGEST_NUMBER = 54  # leaves room for `.rollback`


class Reference(Foreign):
    """Another subject, by its id."""

    id: Maybe[str] = None
    name: Maybe[str] = None
    source: Maybe[str] = None


class Content(Foreign):
    """What the kinds of subject say of themselves."""

    environment: Reference | None = None
    service: Maybe[Reference] = None
    testSuite: Maybe[Reference] = None
    artifactId: str | None = None
    outcome: str | None = None
    pipelineName: Maybe[str] = None
    uri: Maybe[str] = None
    url: Maybe[str] = None
    errors: Maybe[str] = None
    reason: Maybe[str] = None
    description: Maybe[str] = None
    ticketURI: Maybe[str] = None


class Context(Foreign):
    """When, and in what chain of events."""

    timestamp: Any = None
    source: Maybe[str] = None
    chainId: Maybe[str] = None


class Subject(Foreign):
    """What the event is about."""

    id: str
    source: Maybe[str] = None
    content: Content = Content()


class Custom(Foreign):
    """What we read of `customData`: where CDEvents has no field of its own."""

    service: Maybe[str] = None
    cluster: Maybe[str] = None
    version: Maybe[str] = None
    attemptNumber: Maybe[str] = None
    attemptId: Maybe[str] = None
    gitSha: Maybe[str] = None
    committedAt: Maybe[str] = None
    startedAt: Maybe[str] = None
    image: Maybe[str] = None
    trigger: Maybe[str] = None
    actor: Maybe[str] = None
    suite: Maybe[str] = None
    total: Any = None
    passed: Any = None
    failed: Any = None
    skipped: Any = None
    durationSec: Any = None
    reportUrl: Maybe[str] = None
    failedTests: Maybe[list[Any]] = None


class CDEvent(Foreign):
    """A CDEvent."""

    context: Context
    subject: Subject
    customData: Maybe[Custom] = None


@dataclass(frozen=True, slots=True)
class Told:
    """A CDEvent read: its moment, its names as our ids, and what build it is of."""

    event: CDEvent
    base: str
    at: Instant
    names: Mapping[str, str]
    found: Mapped
    version: str | None

    @property
    def content(self) -> Content:
        return self.event.subject.content

    @property
    def custom(self) -> Custom:
        return self.event.customData or Custom()

    @property
    def subject_id(self) -> str:
        return self.event.subject.id

    @property
    def began(self) -> Instant | None:
        """When it began, where customData tells; a start after the end is none."""
        started_at = self.optional_time(self.custom.startedAt)
        return started_at if started_at and started_at <= self.at else None

    def field(self, name: str) -> str:
        """A field's path in the body."""
        return f"{self.base}.{name}" if self.base else name

    def optional_time(self, text: str | None) -> Instant | None:
        """A time that may be missing or wrong without harm."""
        try:
            return parse_instant(text) if text else None
        except ValueError:
            return None

    @property
    def exact_number(self) -> str | None:
        """The number of customData.attemptId, where that is an attempt of the same service, cluster and version."""
        parts = keys.split_attempt_id(self.custom.attemptId or "")
        place = (self.found.cluster_id, self.found.service_id, self.version)
        return parts[3] if parts and parts[:3] == place else None

    def number(self, own: str | None) -> str | None:
        """What joins the events of one try: customData.attemptNumber, the chain, the run's own id."""
        for said in (self.custom.attemptNumber, self.event.context.chainId):
            if said and keys.ATTEMPT_NUMBER.fullmatch(said) and len(said) <= LONGEST_NUMBER:
                return said
        return None if own is None else own if keys.ATTEMPT_NUMBER.fullmatch(own) else _digest(own)


def told(kind: str, event: CDEvent, catalog: Catalog, base: str) -> Told:
    """An event about a `kind` of subject, with its required moment and with its names mapped."""
    field = f"{base}.context.timestamp" if base else "context.timestamp"
    at = wording.moment(event.context.timestamp, field)
    names = _names(kind, event)
    found = _mapped(event, names, catalog)
    return Told(event, base, at, names, found, _version(event, found))


def identifier(text: str) -> str:
    """A subject's id as one of ours; a digest where it has other characters."""
    plain = text.strip("/")
    return plain if NAME.fullmatch(plain) else _digest(text)


def places(event: Told) -> dict[str, str | None]:
    """The names worth matching in a rule for this event."""
    return {name: event.names.get(name) for name in ("service", "environment", "pipeline", "suite")}


def _names(kind: str, event: CDEvent) -> dict[str, str]:
    """What rules match, as documented."""
    content = event.subject.content
    environment, suite = content.environment or Reference(), content.testSuite or Reference()
    service = event.subject.id if kind == "service" else content.service.id if content.service else None
    names = {
        "service": service,
        "serviceSource": content.service.source if content.service else event.subject.source,
        "environment": environment.id,
        "environmentSource": environment.source,
        "pipeline": content.pipelineName,
        "suite": suite.name or suite.id,
        "artifact": content.artifactId,
        "version": artifact(content.artifactId).version,
        "source": event.context.source,
    }
    return {name: value for name, value in names.items() if value and wording.plain(value)}


def _mapped(event: CDEvent, names: Mapping[str, str], catalog: Catalog) -> Mapped:
    """Our ids. A pipeline's name is a service only where the catalog says so: most pipelines deploy nothing."""
    custom, content = event.customData or Custom(), event.subject.content
    service, pipeline = names.get("service", "").strip("/"), names.get("pipeline", "")
    known = {name.lower() for one in catalog.services for name in (one.service_id, *one.sender_names)}
    services = [service, service.rpartition("/")[2]] if service else [pipeline] * (pipeline.lower() in known)
    named = Named(
        SOURCE,
        names,
        said_service=custom.service,
        said_cluster=custom.cluster,
        services=services,
        clusters=[name for name in (names.get("environment"), (content.environment or Reference()).name) if name],
    )
    return mapping.mapped(catalog, named)


def _version(event: CDEvent, found: Mapped) -> str | None:
    """A rule's version, else the one said in customData, else the artifact's."""
    if found.version is not None:
        return wording.version(found.version)
    custom = event.customData or Custom()
    return wording.version(custom.version) or artifact(event.subject.content.artifactId).version


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:32]
