"""What we read of the events that Spinnaker's echo sends. Pure."""

from typing import Any

from ingest.normalizers.foreign import Foreign, Maybe
from ingest.normalizers.spinnaker_stages import Stage


class Details(Foreign):
    """What kind of event this is."""

    type: str
    source: Maybe[str] = None
    created: Any = None
    application: Maybe[str] = None


class Kind(Foreign):
    """Any event, as far as it says what kind it is."""

    details: Details


class Artifact(Foreign):
    """Something a pipeline was given; a Docker image has its tag as version."""

    type: Maybe[str] = None
    version: Maybe[str] = None
    reference: Maybe[str] = None


class TriggeredBy(Foreign):
    """What set the pipeline going."""

    type: Maybe[str] = None
    user: Maybe[str] = None
    tag: Maybe[str] = None
    hash: Maybe[str] = None
    parameters: Maybe[dict[str, Any]] = None
    artifacts: Maybe[list[Artifact]] = None


class Authentication(Foreign):
    """Who runs it."""

    user: Maybe[str] = None


class Execution(Foreign):
    """The part of an execution that we read."""

    id: Maybe[str] = None
    name: str
    application: Maybe[str] = None
    status: str
    startTime: Any = None
    endTime: Any = None
    buildTime: Any = None
    stages: list[Stage] = []
    trigger: Maybe[TriggeredBy] = None
    authentication: Maybe[Authentication] = None
    cancellationReason: Maybe[str] = None


class Content(Foreign):
    """What an event of orca is about."""

    execution: Execution
    executionId: Maybe[str] = None


class Event(Foreign):
    """An event of a pipeline."""

    content: Content
