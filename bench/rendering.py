"""What a reader waits for in Chromium: pages until they are drawn, their bytes, and the requests of going on.

The limit is a static page: the markup, styles and charts of /analytics as one HTML file with the same plotly bundle,
so that what remains is what Dash and we add. Each round has a profile of its own on the disk, as a reader's is. It is
empty for a cold visit; the warm one is the fourth, of somebody who comes every morning: by then Chromium holds the
scripts of both as compiled.
"""

import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from playwright.sync_api import Page, Playwright, sync_playwright

from bench.chromium import CHROMIUM, FLAGS, MISSING
from bench.processes import ROOT, Place, gunicorn
from bench.report import Row, median_ratio, skipped

COLD, WARM, WIRE, REQUESTS = 1.7, 2.2, 0.45, 2.0
ASSETS = ROOT / "assets"
PLOTLY = "1-plotly-basic-*.min.js"
CHARTS, MATRIX, STATIC_PAGE = "/analytics", "/", "/#static"
BARE_CONF = "bench/gunicorn_bare.py"
VISITS = 4
SETTLED_MS = 3500  # until what a page fetches ahead, or waits for, is there
DRAWN = {
    CHARTS: "document.querySelectorAll('.js-plotly-plot .cartesianlayer .subplot').length >= {charts}",
    MATRIX: "document.querySelector('.matrix tbody tr') !== null",
}
WATCH = """(() => {{
    const note = () => {{ window.drawnAt = performance.now(); }};
    const look = () => requestAnimationFrame(({drawn}) ? note : look);
    look();
}})()"""
COPY = """() => {
    const charts = [...document.querySelectorAll('.js-plotly-plot')];
    const figures = charts.map((gd) => ({ data: gd.data, layout: gd.layout, height: gd.clientHeight }));
    const main = document.querySelector('main').cloneNode(true);
    [...main.querySelectorAll('.js-plotly-plot')].forEach((gd, n) => {
        const place = document.createElement('div'); place.id = 'chart-' + n; gd.replaceWith(place); });
    main.querySelectorAll('[data-html]').forEach((one) => one.removeAttribute('data-html'));
    const drawn = document.querySelectorAll('.js-plotly-plot .cartesianlayer .subplot').length;
    return { main: main.outerHTML, figures: JSON.stringify(figures), drawn };
}"""
STATIC = """<!DOCTYPE html><html lang="en" data-bs-theme="light"><head><meta charset="UTF-8"><title>static</title>
<style>{css}</style></head><body>{main}<script src="/plotly.js"></script><script>
const figures = {figures};
figures.forEach((one, n) => {{ const place = document.getElementById('chart-' + n);
    place.style.height = one.height + 'px'; Plotly.newPlot(place, one.data, one.layout, {{ responsive: true }}); }});
</script></body></html>"""
POLL = "/api/generation"


@dataclass(frozen=True, slots=True)
class Visit:
    """Milliseconds until a page was drawn, and what came over the wire by then."""

    drawn_ms: float
    wire_bytes: float


def measure(place: Place, rounds: int) -> list[Row]:
    """The rows; where there is no Chromium they say so."""
    if CHROMIUM is None:
        return [skipped("pages in a browser, to a static page", COLD, False, MISSING)]
    with (
        gunicorn(place.environment(REFRESH_SECONDS="60")) as ours, tempfile.TemporaryDirectory() as scratch,
        sync_playwright() as play,
    ):  # fmt: skip
        rows = _drawing(play, place, ours, Path(scratch), rounds)
        return [*rows, _wire(play, place, ours), _navigation(play, ours)]


def _drawing(play: Playwright, place: Place, ours: int, folder: Path, rounds: int) -> list[Row]:
    """The pages cold and warm, each beside the static page in the same round."""
    charts = DRAWN[CHARTS].format(charts=_write_static(play, ours, folder))
    with gunicorn(place.environment(), f"bench.static_page:create_server('{folder}')", BARE_CONF, "/") as static:
        pages = {CHARTS: (ours, charts), MATRIX: (ours, DRAWN[MATRIX]), STATIC_PAGE: (static, charts)}
        found = [
            {path: _visits(play, f"http://127.0.0.1:{port}{path.partition('#')[0]}", drawn)
             for path, (port, drawn) in pages.items()}
            for _ in range(rounds)
        ]  # fmt: skip
    return [
        _row(
            f"page {path}, {words}, to {of}",
            [one[path][n] for one in found],
            [one[STATIC_PAGE][n] for one in found],
            goal,
        )
        for path, of in ((CHARTS, "its last chart"), (MATRIX, "its matrix"))
        for n, (words, goal) in enumerate((("cold", COLD), ("warm", WARM)))
    ]


def _row(name: str, ours: Sequence[Visit], static: Sequence[Visit], goal: float) -> Row:
    mine, limit = [one.drawn_ms for one in ours], [one.drawn_ms for one in static]
    ratio = median_ratio(mine, limit)
    return Row(name, f"{median(mine):.0f} ms", f"static page {median(limit):.0f} ms", ratio, goal, at_least=False)


def _write_static(play: Playwright, ours: int, folder: Path) -> int:
    """Write the page with charts as static files; gives how many charts it has."""
    with _tab(play) as page:
        page.goto(f"http://127.0.0.1:{ours}{CHARTS}")
        page.wait_for_function(f"() => {DRAWN[CHARTS].format(charts=1)}")
        page.wait_for_load_state("networkidle")
        page.wait_for_timeout(SETTLED_MS)
        copied = page.evaluate(COPY)
    css = "\n".join(one.read_text() for one in sorted(ASSETS.glob("*.css")))
    text = STATIC.format(css=css, main=copied["main"], figures=copied["figures"].replace("</", "<\\/"))
    (folder / "index.html").write_text(text)
    shutil.copy(next(ASSETS.glob(PLOTLY)), folder / "plotly.js")
    shutil.copytree(ASSETS / "fonts", folder / "fonts")
    return int(copied["drawn"])


def _visits(play: Playwright, address: str, drawn: str, visits: int = VISITS) -> tuple[Visit, Visit]:
    """The first visit in a new profile, and the last of so many."""
    with _tab(play) as page:
        page.add_init_script(WATCH.format(drawn=drawn))
        made = [_visit(page, address) for _ in range(visits)]
        return made[0], made[-1]


def _visit(page: Page, address: str) -> Visit:
    with _wired(page) as received:
        page.goto(address, wait_until="commit")
        page.wait_for_function("() => window.drawnAt !== undefined")
        drawn_ms = page.evaluate("window.drawnAt")
        page.wait_for_timeout(SETTLED_MS)
        page.goto("about:blank")
    return Visit(drawn_ms, sum(received.values()))


def _wire(play: Playwright, place: Place, ours: int) -> Row:
    """The bytes of a first visit, what is fetched ahead included, beside those of a page as Dash makes it."""
    with gunicorn(place.environment(), "bench.static_page:create_default()", BARE_CONF, "/") as default:
        limit, _ = _visits(play, f"http://127.0.0.1:{default}/", DRAWN[CHARTS].format(charts=1), visits=1)
    mine, _ = _visits(play, f"http://127.0.0.1:{ours}{MATRIX}", DRAWN[MATRIX], visits=1)
    said = [f"{one.wire_bytes / 1024:,.0f} KiB" for one in (mine, limit)]
    ratio = mine.wire_bytes / limit.wire_bytes
    return Row("first visit of / on the wire", said[0], f"default Dash page {said[1]}", ratio, WIRE, at_least=False)


def _navigation(play: Playwright, ours: int) -> Row:
    """What goes over the wire when a reader goes on from / to the first charts, beside one request."""
    with _tab(play) as page:
        page.goto(f"http://127.0.0.1:{ours}{MATRIX}")
        page.wait_for_selector(".matrix tbody tr")
        page.wait_for_load_state("networkidle")
        page.wait_for_timeout(SETTLED_MS)
        with _wired(page) as received:
            page.click(f".menu a[href='{CHARTS}']")
            page.wait_for_function(f"() => {DRAWN[CHARTS].format(charts=1)}")
            page.wait_for_timeout(SETTLED_MS)
    count = len([url for url in received if POLL not in url])
    return Row("requests of going from / to /analytics", str(count), "one", float(count), REQUESTS, at_least=False)


@contextmanager
def _wired(page: Page) -> Iterator[dict[str, float]]:
    """The bytes of every answer that came over the wire within the block, by address; none of the cache's."""
    network = page.context.new_cdp_session(page)
    network.send("Network.enable")
    asked: dict[str, str] = {}
    received: dict[str, float] = {}

    def finished(one: dict[str, Any]) -> None:
        if one["encodedDataLength"] > 0 and one["requestId"] in asked:
            address = asked[one["requestId"]]
            received[address] = received.get(address, 0) + one["encodedDataLength"]

    network.on("Network.requestWillBeSent", lambda one: asked.update({one["requestId"]: one["request"]["url"]}))
    network.on("Network.loadingFinished", finished)
    yield received
    network.detach()


@contextmanager
def _tab(play: Playwright) -> Iterator[Page]:
    """A page in a profile of its own, on the disk."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        profile = play.chromium.launch_persistent_context(
            folder,
            executable_path=CHROMIUM,
            args=FLAGS,
            viewport={"width": 1280, "height": 900},
            color_scheme="light",
        )
        page = profile.new_page()
        page.set_default_timeout(120_000)
        try:
            yield page
        finally:
            profile.close()
