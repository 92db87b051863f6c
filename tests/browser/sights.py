"""The pages as readers meet them, for the tests that look at every one."""

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote

from playwright.sync_api import Page

from tests.read_model import AQUILA, MIRA

CHART = ".js-plotly-plot .main-svg"


def build(attempt_id: str) -> str:
    """The address of a build's page."""
    return f"/builds/{quote(attempt_id, safe='')}"


COMPARED = quote(f"{MIRA}:authn:3.2.0:2-mira,{MIRA}:authn:3.3.0:3-mira", safe="")


def search(page: Page) -> None:
    """Have the search open, with hits."""
    page.keyboard.press("/")
    page.keyboard.type("authn")
    page.wait_for_selector(".search-hit")


def keys(page: Page) -> None:
    """Have the list of keys open."""
    page.keyboard.press("?")
    page.wait_for_selector("#keys-dialog[open]")


@dataclass(frozen=True)
class Sight:
    """A page as a reader meets it."""

    path: str
    heading: str
    shows: str = "main h1"
    then: Callable[[Page], None] | None = None


SIGHTS = {
    "overview": Sight("/", "Overview", "#attention"),
    "what changed": Sight("/?asof=-24h&diff=now", "Overview", "#attention"),
    "clusters": Sight("/clusters", "Cluster-regions"),
    "services": Sight("/services", "Services"),
    "promotions": Sight("/promotions", "Promotions", "#lanes"),
    "promotions of a service": Sight("/promotions?service=authn", "Promotions", "#lanes"),
    "delivery": Sight("/delivery", "Delivery", CHART),
    "delivery with a ledger": Sight("/delivery?ledger=all&edition=2025&by=cluster", "Delivery", ".ledger"),
    "definitions": Sight("/docs/metrics", "What the numbers mean", "#deployment"),
    "analytics": Sight("/analytics", "Analytics", CHART),
    "analytics with rows": Sight("/analytics?range=7d&rows=1", "Analytics", ".grid"),
    "analytics compared": Sight("/analytics?range=24h&compare=1", "Analytics", CHART),
    "quality": Sight("/quality", "Quality", "#health"),
    "quality, retries": Sight("/quality?view=flakes", "Quality", "#places"),
    "quality, gates": Sight("/quality?view=gates", "Quality", "#cases"),
    "quality, back-test": Sight("/quality?view=backtest&suites=SANITY&soakHours=4", "Quality", "#judged"),
    "score card": Sight("/scorecard", "Score card", ".rules"),
    "score card in numbers": Sight("/scorecard?view=numbers", "Score card", ".score"),
    "cluster": Sight(f"/clusters/{MIRA}", "Mira", "#attempts"),
    "cluster as it was": Sight(f"/clusters/{MIRA}?asof=-48h", "Mira", "#attempts"),
    "service": Sight("/services/authn", "Authentication", "#attempts"),
    "comparison": Sight(f"/services/authn?compare={COMPARED}", "Authentication", "table.two-sides"),
    "failed build": Sight(build(f"{MIRA}:authn:3.4.0:4-mira"), "authn 3.4.0 on mira-us-west-2", "#claims"),
    "build that succeeded": Sight(build(f"{AQUILA}:authn:3.5.0:5-aqui"), "authn 3.5.0 on aquila", "#claims"),
    "build under way": Sight(build(f"{MIRA}:billing:1.1.0:now"), "billing 1.1.0 on mira", "#claims"),
    "alerts": Sight("/alerts", "Alerts", ".alerts-fired"),
    "ingest": Sight("/ingest", "Ingest"),
    "deliveries": Sight("/ingest?view=deliveries", "Ingest", ".entry"),
    "dead letters": Sight("/ingest?view=dead-letters", "Ingest"),
    "ingest lab": Sight("/ingest?view=lab", "Ingest", "#lab-try"),
    "ingest set-up": Sight("/ingest?view=set-up&for=argocd", "Ingest", ".snippet"),
    "search": Sight("/", "Overview", then=search),
    "keys": Sight("/", "Overview", then=keys),
    "unknown address": Sight("/no/such/page", "Page not found"),
    "unknown cluster": Sight("/clusters/mira-us-west-3", "Cluster-region not found"),
    "unknown service": Sight("/services/autn", "Service not found"),
    "unknown build": Sight(build(f"{MIRA}:authn:9.0.0:1"), "Build not found"),
}
