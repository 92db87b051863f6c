"""Who and what there is in the demo: clusters, services, people, and the dice they are thrown with.

The same words stand in `catalog.yaml`. Chance is seeded by names and times alone, so that every process that
asks tells the same story.
"""

import random
from dataclasses import dataclass
from datetime import UTC, datetime

from data.instants import to_instant
from data.models import Instant

MINUTE = 60
HOUR = 60 * MINUTE
DAY = 24 * HOUR
WEEK = 7 * DAY

MIRA = ("mira-us-west-2", "mira-eu-central-1")
PAVO = ("pavo-us-west-2", "pavo-eu-central-1")
AQUILA = ("aquila-us-west-2", "aquila-eu-central-1")
CLUSTERS = (*MIRA, *PAVO, *AQUILA)
BEFORE = dict(zip((*PAVO, *AQUILA), (*MIRA, *PAVO), strict=True))  # a version comes from the same region

SUITES = ("FUNCTIONAL", "SANITY", "REGRESSION")


@dataclass(frozen=True, slots=True)
class DemoService:
    """A service of the demo and its habits."""

    id: str
    major: int
    first_week: int  # Monday the first minor version was built, in weeks since the epoch
    activity: float  # releases on an ordinary working day
    minutes: float  # an ordinary rollout takes so long
    source: str
    tests: tuple[int, int, int]  # how many per suite of SUITES; zeros = it has none
    train_hour: int  # UTC hour of its train to production
    flaky: bool = False  # its regression suite fails and passes on the same version
    lags: bool = False  # Aquila EU gets few of its versions

    @property
    def suites(self) -> tuple[tuple[str, int], ...]:
        """(suite, tests) of those that have tests."""
        return tuple((suite, n) for suite, n in zip(SUITES, self.tests, strict=True) if n)


SERVICES = (
    DemoService("authn", 3, 2870, 1.2, 9, "github-actions", (420, 48, 650), 9),
    DemoService("authz", 2, 2892, 0.8, 8, "github-actions", (310, 36, 480), 10),
    DemoService("profile", 5, 2861, 1.0, 7, "github-actions", (260, 30, 410), 11, lags=True),
    DemoService("api-gateway", 1, 2884, 0.7, 12, "argocd", (180, 64, 520), 8),
    DemoService("notifications", 4, 2899, 1.1, 6, "github-actions", (205, 22, 330), 13),
    DemoService("scheduler", 2, 2905, 0.5, 8, "jenkins", (140, 18, 260), 12, lags=True),
    DemoService("orders", 7, 2855, 1.4, 11, "argocd", (540, 60, 890), 9),
    DemoService("payments", 3, 2867, 0.9, 14, "argocd", (610, 72, 980), 10),
    DemoService("inventory", 2, 2890, 1.1, 9, "github-actions", (280, 34, 450), 14, lags=True),
    DemoService("search", 6, 2880, 1.3, 10, "spinnaker", (330, 40, 720), 11, flaky=True),
    DemoService("recommendations", 1, 2908, 1.2, 16, "spinnaker", (190, 26, 618), 13),
    DemoService("legacy-reports", 1, 2850, 0.3, 18, "jenkins", (0, 0, 0), 15),
)
BY_ID = {service.id: service for service in SERVICES}

PEOPLE = (
    "a.okafor", "b.lindqvist", "c.moreau", "d.tanaka", "e.alvarez", "f.novak", "g.iyer", "h.brandt",
    "i.santos", "j.kowalski", "k.mensah", "l.fischer",
)  # fmt: skip
APPROVERS = ("m.duarte", "n.haddad", "o.svensson")

ROLLOUT_FAILURES = (
    "Rollout stopped: 3 of 8 pods not ready after 600 s: readiness probe GET /healthz answered 503",
    "ImagePullBackOff: manifest for registry.example.com/{service}:{version} not found",
    "Database migration 0{n}_add_index failed: canceling statement due to lock timeout",
    "CrashLoopBackOff: missing environment variable {upper}_CACHE_URL",
    "Helm upgrade failed: timed out waiting for the condition",
    "OOMKilled: container {service} used more than its limit of 512Mi",
    "Insufficient cpu: 0/12 nodes are available for {service}",
)
CANCELLED = "Cancelled: superseded by a newer build"


def dice(*words: object) -> random.Random:
    """Chance that is the same wherever and whenever the same words are given."""
    return random.Random("|".join(map(str, words)))  # noqa: S311  # a story, not a secret


def instant(second: int, milliseconds: int = 0) -> Instant:
    """Epoch seconds as an instant."""
    return to_instant(datetime.fromtimestamp(second + milliseconds / 1000, UTC))


def failure_reason(chance: random.Random, service: str, version: str) -> str:
    """Why a rollout failed, in the words of the tool that failed."""
    words = chance.choice(ROLLOUT_FAILURES)
    return words.format(
        service=service, version=version, upper=service.upper().replace("-", "_"), n=chance.randint(10, 99)
    )
