"""A JUnit file and the address it was sent to: the file says what ran, the address for which attempt and suite."""

import re
from collections.abc import Mapping
from datetime import UTC
from typing import Annotated, Any

from pydantic import BeforeValidator

from data.errors import InvalidRequest
from data.events import EventType
from data.instants import add
from data.models import Instant
from ingest import junit, schema
from ingest.envelope import FUTURE_SECONDS
from ingest.junit import Report
from ingest.junit_words import earliest, zone_named
from ingest.naming import named_attempt
from ingest.normalizers.contract import Letter, Reading, Statement
from ingest.normalizers.junit_failures import fitting
from ingest.normalizers.wording import said
from ingest.schema import AttemptSaid
from ingest.words import Name, Suite, Time, Url

_LOST_PLUS = re.compile(r"(?<=:\d\d) (?=\d\d:?\d\d$)|(?<=\.\d{3}) (?=\d\d:?\d\d$)", re.ASCII)


def _upper(value: Any) -> Any:
    return value.upper() if isinstance(value, str) else value


def _with_plus(value: Any) -> Any:
    """A plus sign that the address did not escape arrives as a blank."""
    return _LOST_PLUS.sub("+", value) if isinstance(value, str) else value


class UploadSaid(AttemptSaid):
    """What the address of an upload says."""

    suite: Annotated[Suite, BeforeValidator(_upper)]
    test_run_id: Name | None = None
    report_url: Url | None = None
    executed_at: Annotated[Time, BeforeValidator(_with_plus)] | None = None
    tz: str | None = None


MEDIA_TYPES = ("application/xml", "text/xml")
PARAMETERS = (
    "attemptId", "clusterId", "serviceId", "buildVersion", "gitSha",
    "suite", "testRunId", "reportUrl", "executedAt", "tz",
)  # fmt: skip


def parse(raw: bytes, headers: Mapping[str, str]) -> Report:
    """The report in the body; InvalidRequest where it is no JUnit file."""
    return junit.parse(raw)


def by_headers(headers: Mapping[str, str]) -> bool:
    """Whether the body is said to be XML: nobody else sends that."""
    kind = headers.get("Content-Type", "").partition(";")[0].strip().lower()
    return kind in MEDIA_TYPES


def normalize(letter: Letter) -> Reading:
    """The one test result an upload says; InvalidRequest names the parameter that is wrong."""
    report: Report = letter.body
    upload = _upload(letter)
    ran_at = _ran_at(report, upload, letter.received_at)
    payload = said(
        attemptId=upload.attempt_id,
        clusterId=upload.cluster_id,
        serviceId=upload.service_id,
        buildVersion=upload.build_version,
        gitSha=upload.git_sha,
        suiteType=upload.suite,
        testRunId=upload.test_run_id,
        reportUrl=upload.report_url,
        total=report.total,
        passed=report.passed,
        failed=report.failed,
        skipped=report.skipped,
        durationSec=report.duration_sec,
        executedAt=upload.executed_at or ran_at,
        failedTests=fitting(report.failures) or None,
    )
    return Reading((Statement(EventType.TEST_RESULT, payload, via=(_via(upload),)),))


def _upload(letter: Letter) -> UploadSaid:
    """The parameters, judged under their own names."""
    for name in letter.params:
        if name not in PARAMETERS:
            raise InvalidRequest(f"is not known here; known are {', '.join(PARAMETERS)}", name[:100])
    upload = schema.read(UploadSaid, dict(letter.params))
    if upload.suite not in letter.catalog.suites:
        raise InvalidRequest(f"must be one of {', '.join(sorted(letter.catalog.suites))}", "suite")
    try:
        named_attempt(upload)
    except InvalidRequest as error:
        raise InvalidRequest(error.reason, (error.field or "").removeprefix("payload.") or None) from None
    if upload.executed_at is not None and upload.executed_at > add(letter.received_at, FUTURE_SECONDS):
        raise InvalidRequest("must not be more than 24 hours ahead", "executedAt")
    return upload


def _ran_at(report: Report, upload: UploadSaid, received_at: Instant) -> Instant | None:
    """When the first suite began, by the file; None where it says no time that can be."""
    try:
        zone = zone_named(upload.tz) if upload.tz is not None else UTC
    except ValueError as error:
        raise InvalidRequest(str(error), "tz") from None
    began = earliest(report.began, report.began_locally, zone)
    return began if began is None or began <= add(received_at, FUTURE_SECONDS) else None


def _via(upload: UploadSaid) -> str:
    if upload.attempt_id is not None:
        return f"attempt {upload.attempt_id} named by the address"
    return f"{upload.service_id} {upload.build_version} on {upload.cluster_id} named by the address"
