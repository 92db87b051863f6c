"""The word, icon and tone of everything that has a state. Colours are in `assets/3-style.css`, by tone."""

from dataclasses import dataclass

from data.catalog_models import ClusterType
from data.models import (
    Health,
    PromotionStatus,
    Status,
    Trigger,
    Verdict,
)


@dataclass(frozen=True, slots=True)
class Look:
    """How a state is shown; `tone` is a CSS class suffix and a chart role."""

    word: str
    icon: str
    tone: str


STATUS: dict[Status, Look] = {
    Status.SUCCESS: Look("Success", "check-circle-fill", "success"),
    Status.LIVE: Look("Live", "broadcast", "success"),
    Status.FAILED: Look("Failed", "x-octagon-fill", "failed"),
    Status.ROLLBACK: Look("Rolled back", "arrow-counterclockwise", "rollback"),
    Status.IN_PROGRESS: Look("In progress", "hourglass-split", "progress"),
}
CANCELLED = Look("Cancelled", "slash-circle", "nodata")
NO_DATA = Look("No data", "question-circle", "nodata")

HEALTH: dict[Health, Look] = {
    Health.HEALTHY: Look("Healthy", "check-circle-fill", "success"),
    Health.ATTENTION: Look("Needs attention", "exclamation-triangle-fill", "failed"),
    Health.UNKNOWN: Look("Unknown", "question-circle", "nodata"),
}

VERDICT: dict[Verdict, Look] = {
    Verdict.PASSED: Look("Passed", "check-circle-fill", "success"),
    Verdict.FAILED: Look("Failed", "x-octagon-fill", "failed"),
    Verdict.PARTIAL: Look("Partial", "circle-half", "rollback"),
    Verdict.MISSING: Look("No data", "question-circle", "nodata"),
}

PROMOTION: dict[PromotionStatus, Look] = {
    PromotionStatus.PENDING: Look("Waiting", "hourglass-split", "progress"),
    PromotionStatus.APPROVED: Look("Approved", "hourglass-split", "progress"),
    PromotionStatus.IN_PROGRESS: Look("In progress", "hourglass-split", "progress"),
    PromotionStatus.SUCCEEDED: Look("Succeeded", "check-circle-fill", "success"),
    PromotionStatus.FAILED: Look("Failed", "x-octagon-fill", "failed"),
    PromotionStatus.REJECTED: Look("Rejected", "slash-circle", "failed"),
}

TRIGGER: dict[Trigger, str] = {
    Trigger.MERGE: "merge",
    Trigger.PROMOTION: "promotion",
    Trigger.MANUAL: "by hand",
    Trigger.ROLLBACK: "rollback",
    Trigger.HOTFIX: "hotfix",
    Trigger.UNKNOWN: "not given",
}

STAGES: tuple[ClusterType, ...] = (
    ClusterType.DEVELOPMENT,
    ClusterType.STAGING,
    ClusterType.PRODUCTION,
    ClusterType.UNKNOWN,
)


def status(value: Status, cancelled: bool = False) -> Look:
    """How an attempt's status is shown; a cancelled one is not a failure."""
    return CANCELLED if cancelled else STATUS[value]
