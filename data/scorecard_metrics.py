"""Every number a rule of the score card may name: what it is, its unit, and where it is defined.

How each is worked out stands in `data/scorecard_numbers.py`, apart, so that reading a catalog needs no columns.
"""

from dataclasses import dataclass
from enum import StrEnum

from data.scorecard_models import Unit


class Rows(StrEnum):
    """Which rows are behind a metric's value, for the link of a cell."""

    ATTEMPTS = "attempts"  # the finished attempts of the days
    FAILED = "failed"
    ROLLED_BACK = "rolled back"
    SUCCEEDED = "succeeded"
    PRODUCTION = "production"  # successful attempts in production
    STATE = "state"  # the service on each cluster-region, as it is now
    TESTS = "tests"
    FLAKY = "flaky"
    LEDGER = "ledger"  # of delivery


@dataclass(frozen=True, slots=True)
class MetricKind:
    """One number. `formula` is its definition in a sentence, `anchor` where the page of definitions has it."""

    metric: str
    title: str
    unit: Unit
    formula: str
    rows: Rows
    more_is_better: bool
    anchor: str
    of_suite: bool = False  # its rules name a test suite
    looks_back: bool = True  # over a rule's days; else it is of the state as it is now


PERCENT = Unit.PERCENT
KINDS = (
    MetricKind(
        "attempt_success_rate", "Attempts that succeed", PERCENT,
        "Successful attempts ÷ finished attempts, on every cluster-region; cancelled ones are in neither.",
        Rows.ATTEMPTS, True, "attempt-success-rate",
    ),
    MetricKind(
        "rollback_rate", "Rolled back", PERCENT,
        "Attempts that were rolled back ÷ those that went out (successful or rolled back), on every cluster-region.",
        Rows.ROLLED_BACK, False, "rollback-rate",
    ),
    MetricKind(
        "failed_rollout_rate", "Failed rollouts", PERCENT,
        "Failed attempts ÷ finished attempts, on every cluster-region; cancelled ones are in neither.",
        Rows.FAILED, False, "failed-rollout-rate",
    ),
    MetricKind(
        "pass_rate", "Tests that pass", PERCENT,
        "Tests that passed ÷ tests that were not skipped, of the counting runs of one suite.",
        Rows.TESTS, True, "pass-rate", of_suite=True,
    ),
    MetricKind(
        "gates_missing", "Gates missing", Unit.COUNT,
        "Expected suites without a run on the latest finished attempt, over all cluster-regions of the service.",
        Rows.STATE, False, "gates-missing", looks_back=False,
    ),
    MetricKind(
        "healthy_pairs", "Healthy cluster-regions", PERCENT,
        "Cluster-regions where the latest finished attempt succeeded and no gate failed ÷ all of the service.",
        Rows.STATE, True, "healthy", looks_back=False,
    ),
    MetricKind(
        "days_since_production", "Days since the last production deployment", Unit.DAYS,
        "Whole UTC days since the day of the last successful attempt on a production cluster-region; 0 is today.",
        Rows.PRODUCTION, False, "days-since-production", looks_back=False,
    ),
    MetricKind(
        "deploy_duration_mean", "Deploy duration, mean", Unit.MINUTES,
        "Mean of end − start of successful attempts, on every cluster-region.",
        Rows.SUCCEEDED, False, "deploy-duration",
    ),
    MetricKind(
        "deploy_duration_p90", "Deploy duration, 90th percentile", Unit.MINUTES,
        "Nine of ten successful attempts took no longer than this, on every cluster-region.",
        Rows.SUCCEEDED, False, "deploy-duration",
    ),
    MetricKind(
        "versions_behind", "Versions production is behind", Unit.COUNT,
        "On the production cluster-region that is furthest behind: newer versions that served in the stage before.",
        Rows.STATE, False, "versions-behind", looks_back=False,
    ),
    MetricKind(
        "flake_share", "Flaky versions", PERCENT,
        "Versions over which a suite said both yes and no on one cluster-region ÷ versions it judged more than once.",
        Rows.FLAKY, False, "flaky",
    ),
    MetricKind(
        "deployment_frequency", "Deployment frequency", Unit.A_DAY,
        "Deployments to production ÷ days.", Rows.LEDGER, True, "deployment-frequency",
    ),
    MetricKind(
        "change_lead_time", "Change lead time, median", Unit.HOURS,
        "From a commit to the end of the deployment that brought it to production.",
        Rows.LEDGER, False, "change-lead-time",
    ),
    MetricKind(
        "change_failure_rate", "Change failure rate", PERCENT,
        "Deployments to production that failed ÷ all of them.", Rows.LEDGER, False, "change-failure-rate",
    ),
    MetricKind(
        "failed_deployment_recovery_time", "Failed deployment recovery time, median", Unit.HOURS,
        "From a failed deployment to production until something that works serves again.",
        Rows.LEDGER, False, "failed-deployment-recovery-time",
    ),
    MetricKind(
        "deployment_rework_rate", "Deployment rework rate", PERCENT,
        "Deployments to production that are a rollback, a hotfix or a linked fix ÷ all, rollbacks included.",
        Rows.LEDGER, False, "deployment-rework-rate",
    ),
)  # fmt: skip
METRICS = {one.metric: one for one in KINDS}
