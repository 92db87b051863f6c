"""The words of delivery: values in fitting units, why one is missing, rules and kinds, bands and scores."""

from collections.abc import Mapping

from components.links import Query, page_path
from components.tags import Child, Node, el
from components.theme import Look
from components.words import age, none, number, percent
from data.delivery_judge import Failure, Kind, Rework
from data.delivery_views import Band, Metric, MetricId

PATH = "/delivery"
LEDGER = "ledger"  # the panel's anchor
DAYS_A_MONTH = 365.25 / 12
TITLES: dict[MetricId, str] = {
    MetricId.FREQUENCY: "Deployment frequency",
    MetricId.LEAD_TIME: "Change lead time",
    MetricId.FAILURE_RATE: "Change failure rate",
    MetricId.RECOVERY_TIME: "Recovery time",
    MetricId.REWORK_RATE: "Rework rate",
}
LONG_TITLES = TITLES | {
    MetricId.RECOVERY_TIME: "Failed deployment recovery time", MetricId.REWORK_RATE: "Deployment rework rate",
}  # fmt: skip
SAMPLES: Mapping[MetricId, tuple[str, str]] = {
    MetricId.FREQUENCY: ("deployment", "deployments"),
    MetricId.LEAD_TIME: ("commit", "commits"),
    MetricId.FAILURE_RATE: ("deployment", "deployments"),
    MetricId.RECOVERY_TIME: ("recovered failure", "recovered failures"),
    MetricId.REWORK_RATE: ("deployment or restore", "deployments and restores"),
}
REASONS = {
    "no_deployments": "no deployments in this time",
    "no_commit_times": "no commit times are known",
    "no_failures": "no failed deployment has recovered in this time",
    "censored": "more than half of the failures are open",
    "before_first_event": "nothing was heard of this before",
    "not_production": "not a production cluster-region",
    "not_in_edition": "came with a later edition",
    "insufficient_history": "fewer than four full weeks",
    "small_sample": "fewer than ten deployments",
    "no_lower_stage": "there is no stage below production",
    "no_releases": "no release in this time",
    "direct_to_prod": "none was in a lower stage before",
}
BANDS: Mapping[Band, Look] = {
    Band.ELITE: Look("Elite", "star-fill", "success"),
    Band.HIGH: Look("High", "check-circle-fill", "progress"),
    Band.MEDIUM: Look("Medium", "circle-half", "rollback"),
    Band.LOW: Look("Low", "exclamation-triangle-fill", "failed"),
}
NO_BAND = Look("No band", "question-circle", "nodata")
OPEN = Look("Open", "exclamation-triangle-fill", "failed")
NO_EVIDENCE = Look("No evidence", "question-circle", "nodata")
SMALL = Look("Small sample", "question-circle", "nodata")
FAILURES: Mapping[Failure, str] = {
    Failure.ROLLED_BACK: "rolled back",
    Failure.RESTORED: "an earlier version was restored",
    Failure.HOTFIX: "followed by a hotfix within 24 h",
    Failure.INCIDENT: "incident",
}
KINDS: Mapping[Kind, str] = {
    Kind.DEPLOYMENT: "Deployment",
    Kind.RESTORE: "Restore",
    Kind.REDEPLOY: "Redeploy",
    Kind.FAILED_ROLLOUT: "Failed rollout",
    Kind.CANCELLED: "Cancelled",
    Kind.IN_PROGRESS: "In progress",
}
REWORKS: Mapping[Rework, str] = {
    Rework.RESTORE: "restore", Rework.HOTFIX: "hotfix", Rework.INCIDENT_FIX: "ended an incident",
}  # fmt: skip
EXCLUDED = {
    "restore": "a restore is no deployment",
    "redeploy": "the version served already",
    "failed_rollout": "it never served",
    "cancelled": "cancelled",
    "in_progress": "not finished",
    "open": "the failure is open",
    "no_commit_time": "no commit time",
    "clock_skew": "commit later than the deployment",
    "no_end": "no end",
}


EXCLUDED_COUNTED = {
    "restore": ("restore", "restores"),
    "redeploy": ("redeploy", "redeploys"),
    "failed_rollout": ("failed rollout", "failed rollouts"),
    "cancelled": ("cancelled attempt", "cancelled attempts"),
    "in_progress": ("attempt under way", "attempts under way"),
    "no_commit_time": ("commit without a time", "commits without a time"),
    "clock_skew": ("commit later than its deployment", "commits later than their deployment"),
    "no_end": ("commit of a deployment without an end", "commits of deployments without an end"),
}


def anchor(metric: MetricId) -> str:
    """Where the page of definitions has it."""
    return metric.value.replace("_", "-")


def why(code: str | None) -> str:
    """A reason code in words; one that came later than this screen is shown as it is."""
    return REASONS.get(code or "", (code or "no data").replace("_", " "))


def left_out(code: str) -> str:
    """Why a row or a commit is not in a number."""
    return EXCLUDED.get(code, code.replace("_", " "))


def counted_out(code: str, count: int) -> str:
    """`3 failed rollouts`: how much was left out for a reason."""
    singular, plural = EXCLUDED_COUNTED.get(code, (left_out(code), left_out(code)))
    return f"{number(count)} {singular if count == 1 else plural}"


def value_words(metric: MetricId, value: float) -> str:
    """`2.4 a week`, `3.2 days`, `12.5 %`."""
    if metric is MetricId.FREQUENCY:
        return a_time(value)
    return percent(value) if metric in (MetricId.FAILURE_RATE, MetricId.REWORK_RATE) else age(value)


def a_time(a_day: float) -> str:
    """Deployments a day in the unit that gives a number of at least one."""
    if a_day >= 1 or a_day == 0:
        return f"{a_day:.1f} a day" if a_day else "0 a day"
    return f"{a_day * 7:.1f} a week" if a_day * 7 >= 1 else f"{a_day * DAYS_A_MONTH:.1f} a month"


def value(one: Metric) -> Child:
    """The value, or a dash that says why there is none."""
    return none(why(one.reason)) if one.value is None else value_words(one.metric, one.value)


def sample(one: Metric) -> str:
    """`n = 23 deployments`."""
    singular, plural = SAMPLES[one.metric]
    return f"n = {number(one.n)} {singular if one.n == 1 else plural}"


def band_look(one: Metric) -> Look:
    """How a value stands by the bands of 2023: grey without evidence and where the sample is small."""
    if one.value is None:
        return NO_EVIDENCE
    if one.band_reason == "small_sample":
        return SMALL
    return BANDS[one.band] if one.band is not None else NO_BAND


def score_words(score: float | None) -> Child:
    """`7.4 of 10`."""
    return none("no score") if score is None else f"{score:.1f} of 10"


def ledger_path(query: Query, metric: MetricId | None, **more: str | None) -> str:
    """The rows a number is made of; `more`: included, kind, failure, day, cursor."""
    return page_path(PATH, query | {"ledger": metric.value if metric else "all"} | more, LEDGER)


def grey(words: str) -> Node:
    """Words in the second ink."""
    return el("Span", words, cls="ink-2 small")
