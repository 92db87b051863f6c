"""A finished test suite's run in CDEvents: an outcome, with counts only where customData has them. Pure."""

import re
from typing import Any

from data.catalog_models import Catalog
from data.errors import InvalidRequest
from data.events import EventType
from data.models import Verdict
from ingest.normalizers import wording
from ingest.normalizers.cdevents_parts import Told, identifier
from ingest.normalizers.contract import Ignored, Reading, Statement, ignore
from ingest.schema import MAX_FAILED_TESTS
from ingest.words import MAX_COUNT, MAX_SECONDS

VERDICTS = {
    "success": Verdict.PASSED, "pass": Verdict.PASSED,
    "failure": Verdict.FAILED, "fail": Verdict.FAILED, "error": Verdict.FAILED,
}  # fmt: skip
CANCELLED = ("cancel", "cancelled", "canceled")
_NO_LETTER = re.compile(r"[^A-Z0-9]+")


def reading(event: Told, catalog: Catalog) -> Reading:
    """The result of a suite for a version on a cluster; service and cluster are known."""
    found, outcome = event.found, event.content.outcome
    if outcome in CANCELLED:
        return ignore(Ignored.NO_OUTCOME, "the suite's run was cancelled: it says nothing of the version", found.via)
    if outcome not in VERDICTS:
        why = "is required" if outcome is None else f"must be one of {', '.join((*VERDICTS, *CANCELLED))}"
        raise InvalidRequest(why, event.field("subject.content.outcome"))
    if event.version is None:
        return ignore(Ignored.UNMAPPED, "nothing names the version tested: send customData.version", found.via)
    suite = _suite(event, catalog)
    if suite is None:
        known = ", ".join(catalog.suites)
        what = f"the suite is none of the catalog's ({known}): name it so, or send customData.suite"
        return ignore(Ignored.UNMAPPED, what, found.via)
    via = (*found.via, f"suite {suite} by {'customData' if event.custom.suite else 'the name of the test suite'}")
    return Reading((Statement(EventType.TEST_RESULT, _payload(event, suite, VERDICTS[outcome]), via=via),))


def _payload(event: Told, suite: str, verdict: Verdict) -> dict[str, Any]:
    custom = event.custom
    number = custom.attemptNumber
    tests = [name for one in custom.failedTests or [] if (name := wording.plain(one, 500))]
    return wording.said(
        clusterId=event.found.cluster_id,
        serviceId=event.found.service_id,
        buildVersion=event.version,
        attemptNumber=event.exact_number
        or (event.number(None) if number else None),  # a chain may hold several tries of one version
        suiteType=suite,
        testRunId=identifier(event.subject_id),
        gitSha=wording.sha(custom.gitSha),
        durationSec=_seconds(custom.durationSec),
        executedAt=event.at,
        reportUrl=wording.link(custom.reportUrl) or wording.link(event.content.uri),
        failedTests=[{"name": name} for name in tests[:MAX_FAILED_TESTS]] or None,
        **_counts(event, verdict),
    )


def _counts(event: Told, verdict: Verdict) -> dict[str, Any]:
    """The counts, where they are whole and do not contradict the outcome; else the verdict alone."""
    custom = event.custom
    skipped = 0 if custom.skipped is None else custom.skipped
    counts = {"total": custom.total, "passed": custom.passed, "failed": custom.failed, "skipped": skipped}
    whole = all(_is_count(value) for value in counts.values())
    if whole and custom.passed + custom.failed + skipped > custom.total:
        raise InvalidRequest("must be at least passed + failed + skipped", event.field("customData.total"))
    agree = whole and (custom.failed > 0) == (verdict is Verdict.FAILED)
    return counts if agree else {"verdict": verdict.value}


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MAX_COUNT


def _seconds(value: Any) -> float | None:
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return float(value) if number and 0 <= value <= MAX_SECONDS else None


def _suite(event: Told, catalog: Catalog) -> str | None:
    """The suite customData names; else the one suite of ours that the test suite's name is, or has in it."""
    if event.custom.suite:
        suite = _as_suite(event.custom.suite)
        if suite not in catalog.suites:
            raise InvalidRequest(f"must be one of {', '.join(catalog.suites)}", event.field("customData.suite"))
        return suite
    reference = event.content.testSuite
    names = [_as_suite(name) for name in (reference.name, reference.id) if name] if reference else []
    whole = next((name for name in names if name in catalog.suites), None)
    inside = {suite for suite in catalog.suites for name in names if f"_{suite}_" in f"_{name}_"}
    return whole or (inside.pop() if len(inside) == 1 else None)


def _as_suite(name: str) -> str:
    return _NO_LETTER.sub("_", name.upper()).strip("_")
