"""What the pictures are of: every page, the question it answers, and how it is read. Pure."""

from dataclasses import dataclass

THEMES = ("light", "dark")
WIDE, PHONE = 1440, 390


@dataclass(frozen=True, slots=True)
class Sight:
    """One page of the demo. `clicks` lead to it from `path`: on what, and what then appears."""

    name: str
    title: str
    path: str
    question: str
    reading: str
    clicks: tuple[tuple[str, str], ...] = ()
    keys: str = ""
    phone: bool = False

    def file(self, theme: str, width: int = WIDE) -> str:
        """The picture's name."""
        return f"{self.name}-{'phone-' if width == PHONE else ''}{theme}.png"


GATE_FAILED = ".panel:has(#attention) tr:has-text('gate failed') a[href^='/builds/']"
SIGHTS = (
    Sight(
        "overview", "Overview", "/",
        "Is everything all right in production, and where not?",
        "What needs attention is listed first with the reason and the way to the failed build; below, each cell of "
        "the matrix names the version that serves, since when, its gates, and how far it is behind.",
        phone=True,
    ),
    Sight(
        "changes", "What changed", "/?asof=-24h&diff=now",
        "Something broke: what changed since yesterday?",
        "Every pair whose version, health or gates differ between the two instants is listed, production and what "
        "broke first; the matrix below is the one of the earlier instant.",
    ),
    Sight(
        "clusters", "Cluster-regions", "/clusters",
        "How do the cluster-regions do, stage by stage?",
        "Each row counts healthy services, those that need attention and those nothing is known of, and says how "
        "long ago the last attempt was; every number leads to its services.",
    ),
    Sight(
        "cluster", "Cluster-region", "/clusters/aquila-us-west-2",
        "What runs on this cluster-region, and what happened here lately?",
        "The swim-lanes show each attempt from its start to its end, by service and with its outcome; below are the "
        "versions that serve and every attempt, with filters that stay in the address.",
        phone=True,
    ),
    Sight(
        "services", "Services", "/services",
        "Which service stands where?",
        "A row is a service, a column a cluster-region; filters by team, state and text narrow the list, a star "
        "keeps one's own on top.",
    ),
    Sight(
        "service", "Service", "/services/payments",
        "Which versions of this service serve where, and to which one could we go back?",
        "In the grid the serving version has a border and older ones fade; the rollback card names the last good "
        "version, what its tests said, and what would be lost.",
        phone=True,
    ),
    Sight(
        "build", "Build", "/",
        "Why did this deployment fail?",
        "The reason stands first, then when each step began and ended, the gates beside those of the version that "
        "served before, the tests that failed, and what each source said in its own words.",
        clicks=((GATE_FAILED, ".page-build"),), phone=True,
    ),
    Sight(
        "promotions", "Promotions", "/promotions",
        "What waits to be promoted, for how long, and what stands in its way?",
        "Each lane carries a service's versions through the stages; a waiting version unfolds to its gates, its soak "
        "time and whatever would block it.",
        phone=True,
    ),
    Sight(
        "delivery", "Delivery", "/delivery?ledger=failed_deployment_recovery_time",
        "How fast and how safely do changes reach users, and which rows say so?",
        "Five numbers, each with its sample, its interval, its band or score and how it moved; a click on one opens "
        "the deployments it is made of and those left out, with the reason. Without evidence a number is grey.",
        phone=True,
    ),
    Sight(
        "analytics", "Analytics", "/analytics?range=30d",
        "Are we getting better or worse?",
        "Attempts by day and outcome, pass rates, durations, reasons and flaky suites; a click on a bar opens its "
        "rows, dragging narrows the days, and a day without data is a gap, not a zero.",
        phone=True,
    ),
    Sight(
        "score-card", "Score card", "/scorecard",
        "Which services keep our rules, and which do not?",
        "A row is a service, a column a rule of the catalog; a level wants all of its rules, the next one says what "
        "is missing for it, and what cannot be known is hatched.",
    ),
    Sight(
        "quality", "Quality", "/quality?view=tests",
        "Which suites and tests can be believed, and which cost us time?",
        "Pass rates with and without skipped tests, each component against a minimum, how long suites take, and what "
        "failed and then passed unchanged.",
    ),
    Sight(
        "gates", "Gates", "/quality?view=gates",
        "What do our gates catch, miss and cost?",
        "Per suite: what it stopped rightly, what went past it and failed in production, its false alarms, and the "
        "minutes each catch took; every number opens its cases.",
    ),
    Sight(
        "back-test", "Back-test of a rule", "/quality?view=backtest",
        "What would this rule have blocked, rightly and wrongly?",
        "The rule is in the address; past deployments are judged by it, with the delay it would have added, and it "
        "can be taken along as YAML.",
    ),
    Sight(
        "alerts", "Alerts", "/alerts",
        "What woke us, and would it again?",
        "The catalog's rules with what they say now, and what fired with what became of it; a click leads to the "
        "attempt.",
    ),
    Sight(
        "definitions", "What the numbers mean", "/docs/metrics",
        "What exactly does this number count?",
        "Every number on the screens is defined once, with its formula, its edges and its source; the small i beside "
        "a number leads here.",
    ),
    Sight(
        "ingest", "Ingest", "/ingest",
        "Do the sources still report, and does everything arrive?",
        "Each source has its last delivery and what became of it; the queue, the dead letters and the age of the "
        "data are above.",
    ),
    Sight(
        "deliveries", "Deliveries", "/ingest?view=deliveries",
        "What became of this webhook delivery, and why?",
        "Every delivery has its verdict with the reason in words; it unfolds to what was sent and to what was "
        "made of it.",
    ),
    Sight(
        "lab", "Lab", "/ingest?view=lab&sample=junit",
        "What would the dashboard make of this body?",
        "A sample or one's own body is tried without being sent; the answer is the one the webhook would give, and "
        "why.",
        clicks=(("#lab-try", "#lab-result .entry-head"),),
    ),
    Sight(
        "set-up", "Set-up", "/ingest?view=set-up&for=argocd",
        "How does a source get connected?",
        "Each kind of sender has what to paste, with this installation's own address in it.",
    ),
    Sight(
        "search", "Search", "/",
        "Where is that version, commit or attempt?",
        "The key / opens it on every page; services, clusters, versions, commits and attempt ids are found as one "
        "types.",
        keys="/pay",
    ),
)  # fmt: skip


def files(sight: Sight) -> list[tuple[int, str, str]]:
    """(width, theme, name) of each picture of it."""
    widths = (WIDE, PHONE) if sight.phone else (WIDE,)
    return [(width, theme, sight.file(theme, width)) for width in widths for theme in THEMES]
