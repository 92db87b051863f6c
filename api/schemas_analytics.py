"""The schema of the analytics: series, and what is behind them."""

from api.schemas import (
    COUNT,
    COUNTS,
    DAY,
    ID,
    PERCENT,
    PERIOD,
    SECONDS,
    SERIES,
    STAMP,
    SUCCESS_RATE,
    TEXT,
    TIME,
    TRUTH,
    Schema,
    array,
    by_suite,
    closed,
    maybe,
    merged,
    ref,
)

MINUTES = array(maybe(SECONDS))
LABELS = array({"anyOf": [DAY, TIME]}) | {"description": "UTC days; where the grain is an hour, its first instants."}


def _rates(description: str) -> Schema:
    return {
        "type": "object", "description": description, "properties": {"labels": LABELS}, "required": ["labels"],
        "additionalProperties": array(maybe(PERCENT)),
    }  # fmt: skip


ANALYTICS_SCHEMAS: dict[str, Schema] = {
    "DeployDuration": closed(
        "How long successful attempts took, in minutes; null where there was none.",
        p50Min=maybe(SECONDS), p90Min=maybe(SECONDS), n=COUNT,
        exact=TRUTH | {"description": "False where there were too many: the percentiles are within 1 %."},
    ),
    "FailureReason": closed(
        "Attempts that failed or were rolled back and say the same, names and numbers apart.",
        key=TEXT, reason=TEXT, failed=COUNT, rollback=COUNT,
        examples=array(closed("A reason as it was sent.", text=TEXT, attempts=COUNT)),
    ),
    "Flake": closed(
        "A suite that changed its verdict over one version on one cluster-region, or, without a suite, deploys that "
        "passed only when repeated.",
        serviceId=ID, suite=maybe(TEXT), flipped=COUNT,
        n=COUNT | {"description": "The versions judged more than once, of which so many flipped."},
    ),
    "Analytics": closed(
        "Series over time; each list has one entry a label.", **STAMP,
        filter=closed("What is covered.", serviceId=maybe(ID), clusterId=maybe(ID), **PERIOD),
        team=maybe(TEXT), grain={"type": "string", "enum": ["day", "hour"]},
        hours=maybe(closed("The hours covered, `to` excluded.", **{"from": TIME, "to": TIME})),
        buildAttempts=closed(
            "Attempts by the UTC day or hour they started.", labels=LABELS, success=SERIES, failed=SERIES,
            rollback=SERIES, inProgress=SERIES, cancelled=SERIES,
        ),
        testPassRates=_rates("Passed of those not skipped, in percent, by suite; null on a day without tests."),
        gatePassRates=maybe(_rates(
            "By the hour, where tests are not counted: gates passed of those with a verdict, in percent, by suite."
        )),
        deployFrequency=closed(
            "All finished attempts, and the mean duration of the successful ones in minutes.",
            labels=LABELS, deploys=SERIES, avgLeadTimeMin=MINUTES,
        ),
        deployWeeks=array(closed(
            "The finished attempts of an ISO week, as far as the range reaches.", monday=DAY, **PERIOD,
            deploys=COUNT, partial=TRUTH | {"description": "It has days outside the range, or is not over."},
        )),
        deployDurations=closed(
            "How long successful attempts took, in minutes.", labels=LABELS, p50Min=MINUTES, p90Min=MINUTES,
            n=SERIES, exact=array(TRUTH),
        ),
        failureReasons=closed(
            "Why attempts failed or were rolled back.",
            reasons=array(ref("FailureReason")) | {"description": "The most frequent, the first first."},
            others=maybe(ref("FailureReason"), "All others together."), otherKinds=COUNT,
        ),
        flaky=array(ref("Flake")) | {"description": "The most flipped first."},
        summary=merged(
            "The whole range.", COUNTS, **SUCCESS_RATE, avgLeadTimeMin=maybe(SECONDS),
            deployDuration=ref("DeployDuration"), passRates=by_suite(ref("Rate")),
            gatePassRates=by_suite(ref("Rate")),
        ),
        partialDay=maybe(DAY, "The running day, where it is within the range."),
        partialHour=maybe(TIME, "The running hour, where the grain is an hour and it is within the range."),
    ),
}  # fmt: skip
