"""The overview of 100 services on 30 cluster-regions: CPU of the server, and the time of a keystroke in its filter.

The server's time is beside a bare route that answers the same bytes; the keystroke, from the key to the matrix that
follows from it, beside a browser that only puts the same matrix in. Both also stand beside what a reader gives them.
"""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from statistics import median

from playwright.sync_api import Page, sync_playwright

from bench import past
from bench.callback_cpu import application, asker, bare
from bench.chromium import CHROMIUM, FLAGS, MISSING
from bench.processes import REGION, Place, gunicorn
from bench.report import Row, median_ratio, skipped
from data import aws
from data.catalog_models import Catalog, Cluster, ClusterType, Service
from data.read_model_reader import ReadModelReader

KINDS = (ClusterType.DEVELOPMENT, ClusterType.STAGING, ClusterType.PRODUCTION)
CATALOG = Catalog(
    tuple(
        Cluster(
            f"c{n:02}-region-{n % 10}", f"Cluster {n:02}", KINDS[n // 10], order=n // 10, region=f"region-{n % 10}"
        )
        for n in range(30)
    ),
    tuple(Service(f"service-{n:03}", f"Service {n:03}", f"Team {n % 9}", suites=past.SUITES) for n in range(100)),
)
ATTEMPTS = 6_000
SERVER_MS, KEYSTROKE_MS = 300.0, 100.0
TEXTS = 5
SIZE = f"{len(CATALOG.services)} services on {len(CATALOG.clusters)} cluster-regions"
# The time from the key to the first frame whose matrix another text has been put into.
KEYSTROKE = """(text) => new Promise((done, failed) => {
    setTimeout(() => failed(new Error('the matrix did not follow ' + text)), 15000);
    const field = document.querySelector('#filter-q');
    const set = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').set;
    const matrix = () => document.querySelector('.markup').dataset.html, before = matrix();
    const watch = new MutationObserver(() => {
        if (matrix() === before) return;
        watch.disconnect(); requestAnimationFrame(() => done(performance.now() - begun)); });
    const what = { subtree: true, childList: true, attributes: true, attributeFilter: ['data-html'] };
    watch.observe(document.querySelector('main'), what);
    const begun = performance.now();
    set.call(field, text);
    field.dispatchEvent(new InputEvent('input', { bubbles: true }));
})"""
PUT_IN = """() => new Promise((done) => {
    const place = document.querySelector('.markup'), begun = performance.now();
    place.innerHTML = place.dataset.html;
    requestAnimationFrame(() => done(performance.now() - begun));
})"""


def measure(place: Place, rounds: int) -> list[Row]:
    """The rows of the server and, where there is a Chromium, of the browser."""
    past.write(place, past.attempts(ATTEMPTS, datetime.now(UTC), CATALOG), facts=False, catalog=CATALOG)
    rows = _server(place, rounds)
    name = f"keystroke in the filter of the overview, {SIZE}"
    if CHROMIUM is None:
        return [*rows, skipped(name, 1.0, False, MISSING)]
    with gunicorn(place.environment()) as port:
        return [*rows, *_browser(port, rounds, name)]


def _server(place: Place, rounds: int) -> list[Row]:
    """In this process: the first view of a generation, and a view of a generation that was asked before."""
    client = aws.dynamodb(place.endpoint, REGION)
    reader = ReadModelReader(client, place.tables)
    app, model = application(place, reader, client)
    limit = bare(asker(app, "/")())
    first, filtered, floor = [], [], []
    for n in range(rounds):
        model.load(reader)
        first.append(_cpu_ms(asker(app, "/")))
        filtered.append(median(_cpu_ms(asker(app, "/", _all_but(n * TEXTS + k))) for k in range(TEXTS)))
        floor.append(median(_cpu_ms(limit) for _ in range(TEXTS)))
    client.close()
    names = {"first view of a generation": first, "filtered as nobody did before": filtered}
    rows = []
    for name, found in names.items():
        label = f"page / {name}, {SIZE}"
        rows.append(_limited(label, found, SERVER_MS))
        rows.append(_beside(f"{label}, to the same bytes from a bare route", found, floor))
    return rows


def _all_but(n: int) -> str:
    """The favourites that leave out one service: a filter as costly as any, each time another one."""
    every = [one.service_id for one in CATALOG.services]
    return "?fav=" + ",".join(every[:n] + every[n + 1 :])


def _cpu_ms(ask: Callable[[], bytes]) -> float:
    begun = time.process_time()
    ask()
    return (time.process_time() - begun) * 1000


def _browser(port: int, rounds: int, name: str) -> list[Row]:
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.goto(f"http://127.0.0.1:{port}/")
        page.wait_for_selector(".matrix tbody tr")
        pairs = [_keystrokes(page, n) for n in range(rounds + 1)][1:]
        browser.close()
    typed, put_in = [one for one, _ in pairs], [one for _, one in pairs]
    return [_limited(name, typed, KEYSTROKE_MS), _beside(f"{name}, to putting the matrix in", typed, put_in)]


def _keystrokes(page: Page, n: int) -> tuple[float, float]:
    """One round: texts of which each leaves other services than the one before, and the bare put-in."""
    texts = [f"service 0{n % 10}", *(f"service 0{n % 10}{digit}" for digit in range(TEXTS))]
    typed = [page.evaluate(KEYSTROKE, text) for text in texts]
    page.evaluate(KEYSTROKE, "")
    return median(typed), page.evaluate(PUT_IN)


def _limited(name: str, found: list[float], most: float) -> Row:
    """Beside the time a reader gives it."""
    return Row(name, f"{median(found):.1f} ms", f"{most:g} ms", median(found) / most, 1.0, at_least=False)


def _beside(name: str, found: list[float], floor: list[float]) -> Row:
    """Beside what cannot be undercut, for information."""
    ratio = median_ratio(found, floor)
    return Row(name, f"{median(found):.1f} ms", f"{median(floor):.1f} ms", ratio, None, at_least=False)
