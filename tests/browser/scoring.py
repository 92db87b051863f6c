"""Rules, exemptions and some weeks of snapshots for the pages of the tests, with every kind of cell among them."""

from dataclasses import replace
from datetime import timedelta

from data.catalog_models import Catalog
from data.instants import day_before, from_instant
from data.models import EVERYTHING, Instant
from data.read_model_reader import ReadModelReader
from data.refresher import ReadModel
from data.scorecard_models import Exemption, Level, ScoreRule
from data.scorecard_queries import card
from data.scorecard_store import Snapshots
from tests.conftest import Aws

RULES = (
    ScoreRule("work", "Deployments work", "attempt_success_rate", ">=", 30.0, Level.BRONZE, "Who can rely on it?"),
    ScoreRule("well", "Deployments work well", "attempt_success_rate", ">=", 99.0, Level.SILVER, least_n=2),
    ScoreRule("tested", "Tests pass", "pass_rate", ">=", 99.0, Level.SILVER, suite="FUNCTIONAL"),
    ScoreRule("gates", "Every gate has a result", "gates_missing", "<=", 0.0, Level.GOLD),
    ScoreRule("safe", "Few changes fail", "change_failure_rate", "<=", 10.0, Level.GOLD, tiers=("Tier 1",)),
    ScoreRule("soon", "Changes are soon live", "change_lead_time", "<=", 48.0, Level.GOLD),
)
EXEMPTIONS = (
    Exemption("tested", "billing", "Has no suites yet.", "ada", "2099-12-31"),
    Exemption("well", "authn", "The machines moved.", "rosa", "2026-01-31"),
)


def scored(catalog: Catalog) -> Catalog:
    """The catalog with rules of a score card."""
    return replace(catalog, score_rules=RULES, exemptions=EXEMPTIONS)


def keep_weeks(aws: Aws, began: Instant) -> None:
    """Snapshots of three weeks, one of them missing between."""
    now = from_instant(began) + timedelta(seconds=1)
    model = ReadModel(clock=lambda: now)
    model.load(ReadModelReader(aws.dynamodb, aws.tables))
    found = card(model.generation, EVERYTHING, now)
    for days in (7, 14, 28):
        Snapshots(aws.dynamodb, aws.tables, lambda: now).write(replace(found, day=day_before(began[:10], days)))
