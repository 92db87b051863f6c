"""What we read of the bodies that Jenkins' Notification plugin sends. Pure."""

from enum import StrEnum
from typing import Annotated, Any
from urllib.parse import unquote

from pydantic import Field

from ingest.normalizers.foreign import Foreign, Maybe
from ingest.normalizers.jenkins_tests import TestSummary
from ingest.words import MAX_SECONDS, Count


class Phase(StrEnum):
    """When in a build's life a body is sent."""

    QUEUED = "QUEUED"
    STARTED = "STARTED"
    COMPLETED = "COMPLETED"
    FINALIZED = "FINALIZED"
    NONE = "NONE"


class Result(StrEnum):
    """How a build ended."""

    SUCCESS = "SUCCESS"
    UNSTABLE = "UNSTABLE"
    FAILURE = "FAILURE"
    NOT_BUILT = "NOT_BUILT"
    ABORTED = "ABORTED"


class Scm(Foreign):
    """What was checked out."""

    branch: Maybe[str] = None
    commit: Maybe[str] = None
    culprits: Maybe[list[Any]] = None


class Build(Foreign):
    """The part of `build` that we read."""

    number: Count
    timestamp: Any = None
    phase: Annotated[Phase, Field(strict=False)]
    status: Annotated[Result | None, Field(strict=False)] = None
    duration: Maybe[Annotated[int, Field(ge=0, le=int(MAX_SECONDS) * 1000)]] = None
    full_url: Maybe[str] = None
    scm: Maybe[Scm] = None
    parameters: Maybe[dict[str, Any]] = None
    notes: Maybe[str] = None
    test_summary: TestSummary | None = None


class Job(Foreign):
    """The whole body."""

    name: str
    url: Maybe[str] = None
    build: Build

    @property
    def path(self) -> str:
        """The job's full name, its folders in front: `job/payments/job/authn/` is `payments/authn`."""
        parts = (self.url or "").strip("/").split("/")
        if len(parts) < 2 or set(parts[::2]) != {"job"}:
            return self.name
        return unquote("/".join(parts[1::2]))
