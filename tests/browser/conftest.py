"""A real Chromium at the real web process, which reaches the emulator through a proxy that can be cut."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from data.apply import Applier
from data.catalog import CatalogStore
from data.events import AnyEvent, DeploymentEvent, sealed
from data.instants import add, to_instant
from ingest.envelope import normalize
from tests.api.serving import Web, serving
from tests.browser.firing import WATCHED, fire
from tests.browser.scoring import keep_weeks, scored
from tests.conftest import Aws, fresh_aws
from tests.ingest import saying
from tests.proxy import Proxy, proxied
from tests.read_model import AQUILA, CATALOG, MIRA, PAVO

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
    "--disable-dev-shm-usage", "--disable-sync", "--no-first-run",
]  # fmt: skip
FAILED_TEST = {
    "name": "com.acme.shop.cart.ACartThatHoldsManyArticlesOfManyKindsTest.addsAnArticle",
    "message": "<img src=x onerror=window.__x=2>\nand why", "durationSec": 0.2,
}  # fmt: skip
ADMIN_KEY = "an-admin-key-of-28-characters"
POISONED = "https://poisoned.example.com/"
LEFT_BEHIND = "cookies,local_storage,indexeddb,cache_storage,service_workers"
# The shell asks every five seconds for news; here every one, and what it wanted is kept for a test to look at.
HASTY = """(() => { const real = window.setInterval; window.everyMs = [];
    window.setInterval = (call, ms, ...rest) => {
        window.everyMs.push(ms); return real(call, ms === 5000 ? 1000 : ms, ...rest); }; })()"""
# Profiles that nobody uses. They have our scripts, compiled: to load these anew takes half the time of most tests.
_spare_profiles: list[BrowserContext] = []
TELL_VIOLATIONS = """addEventListener('securitypolicyviolation', (refused) =>
    console.error('refused by the policy', refused.violatedDirective, refused.blockedURI));"""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Every test here needs Chromium, and is tried once more where it fails."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.flaky(reruns=1))  # what a busy machine starves; the summary counts it
            if CHROMIUM is None:
                item.add_marker(pytest.mark.skip(reason="no Chromium is installed"))


@dataclass
class Dashboard:
    """The running product."""

    web: Web
    aws: Aws
    proxy: Proxy
    began: str

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.web.port}"

    def say(self, *envelopes: dict[str, Any]) -> None:
        """Have the worker's folds store what these envelopes say."""
        now = datetime.now(UTC)
        received = to_instant(now)
        said = [e for body in envelopes for e in normalize(body, received, suites=CATALOG.suites)]
        events = [poisoned(event) for event in said]
        applier = Applier(self.aws.dynamodb, self.aws.tables, lambda: CATALOG, 90, lambda: datetime.now(UTC))
        assert applier.apply(events) == [None] * len(events)
        applier.close()

    def deployed(self, hours_ago: float, **changes: Any) -> dict[str, Any]:
        """A deployment of ten minutes that began so many hours before the tests did."""
        started = add(self.began, -hours_ago * 3600)
        times = {"startedAt": started, "endedAt": add(started, 600)}
        return saying.deployment(**(times | changes))


def poisoned(event: AnyEvent) -> AnyEvent:
    """The intake refuses such addresses; the screens must not rely on it."""
    if isinstance(event, DeploymentEvent) and event.run_url == POISONED:
        return sealed(replace(event, run_url="javascript:window.__x=1"))
    return event


def past(dashboard: Dashboard) -> list[dict[str, Any]]:
    """A week with every outcome, gates, a promotion; and text that wants to be markup."""
    told = []
    for day in range(7):
        version = f"3.{day}.0"
        for cluster in (MIRA, PAVO, AQUILA):
            number = f"{day}-{cluster[:4]}"
            told.append(
                dashboard.deployed(
                    24 * (6 - day) + 1, clusterId=cluster, buildVersion=version, attemptNumber=number,
                    status="FAILED" if day % 3 == 1 and cluster == MIRA else "SUCCESS",
                    failureReason="image pull <img src=x onerror=window.__x=1>" if day % 3 == 1 else ...,
                    runUrl="https://ci.example.com/1" if day % 2 else POISONED,
                )
            )  # fmt: skip
            told.append(
                saying.test_result(
                    attemptId=f"{cluster}:authn:{version}:{number}", total=200, passed=199, failed=1,
                    executedAt=add(dashboard.began, -3600 * 24 * (6 - day) - 3500),
                    failedTests=[FAILED_TEST],
                )
            )  # fmt: skip
    told.append(
        dashboard.deployed(30, clusterId=AQUILA, serviceId="billing", buildVersion="1.0.0", status="ROLLBACK")
    )
    told.append(
        dashboard.deployed(0.1, serviceId="billing", buildVersion="1.1.0", status="IN_PROGRESS", endedAt=None)
    )
    told.append(
        saying.promotion(
            buildVersion="3.5.0", fromClusterId=MIRA, toClusterId=PAVO, promotedAt=add(dashboard.began, -90000)
        )
    )
    return told


@pytest.fixture(scope="package")
def dashboard(emulator: str, aws_clients: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dashboard]:
    """The web process with a past."""
    with fresh_aws(emulator, *aws_clients) as aws, proxied(emulator) as proxy:
        began = to_instant(datetime.now(UTC))
        CatalogStore(aws.dynamodb, aws.tables, lambda: datetime.now(UTC)).save(scored(WATCHED))
        logs = tmp_path_factory.mktemp("web")
        ready = Dashboard(Web(0, None), aws, proxy, began)  # type: ignore[arg-type]  # not started yet
        ready.say(*past(ready))
        fire(aws.dynamodb, aws.tables, began)
        keep_weeks(aws, began)
        with serving(aws, logs, AWS_ENDPOINT_URL=proxy.endpoint, ADMIN_KEY=ADMIN_KEY) as web:
            ready.web = web
            yield ready


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """One browser for all."""
    expect.set_options(timeout=15_000)  # as long as everything else in a tab may take
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        _spare_profiles.clear()
        browser.close()


@dataclass
class Tab:
    """A page in the browser, and everything that went wrong in it."""

    page: Page
    base: str
    complaints: list[str] = field(default_factory=list)

    def open(self, path: str) -> Page:
        """Go to an address of the dashboard and wait until it is drawn."""
        self.page.goto(self.base + path)
        self.page.wait_for_selector("main h1")
        return self.page


@contextmanager
def tab(chromium: Browser, base: str, width: int = 1440, theme: Any = "light") -> Iterator[Tab]:
    """A tab of somebody who was never here; requests to other hosts count as complaints."""
    profile = _spare_profiles.pop() if _spare_profiles else chromium.new_context()
    page = profile.new_page()
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=theme)
    page.set_default_timeout(15_000)
    page.add_init_script(TELL_VIOLATIONS)
    page.add_init_script(HASTY)
    opened = Tab(page, base)
    page.on("console", lambda said: opened.complaints.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: opened.complaints.append(str(error)))
    page.on("dialog", lambda dialog: opened.complaints.append(f"dialog {dialog.message}"))
    page.on(
        "request", lambda asked: None if _own(asked.url, base) else opened.complaints.append(f"asked {asked.url}")
    )
    try:
        yield opened
    except BaseException:
        profile.close()  # whatever state it is in
        raise
    _forget(profile, base)
    _spare_profiles.append(profile)


def _forget(profile: BrowserContext, base: str) -> None:
    """All that a reader leaves behind but the cache of files that never change."""
    last = profile.new_page()
    for page in profile.pages:
        if page is not last:
            page.close()
    profile.new_cdp_session(last).send("Storage.clearDataForOrigin", {"origin": base, "storageTypes": LEFT_BEHIND})
    last.close()
    profile.clear_cookies()
    profile.clear_permissions()


def _own(url: str, base: str) -> bool:
    return url.startswith((base + "/", "data:", "blob:"))


@pytest.fixture
def wide(chromium: Browser, dashboard: Dashboard) -> Iterator[Tab]:
    """A desktop's tab."""
    with tab(chromium, dashboard.url) as opened:
        yield opened
