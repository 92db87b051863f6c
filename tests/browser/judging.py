"""What a page in the browser is judged by: axe-core's rules, sideways scroll, and the view a reader has of it."""

from collections.abc import Sequence
from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page
from playwright.sync_api import TimeoutError as PlaywrightTimeout

WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
COLOURS = ["color-contrast", "link-in-text-block"]  # the rules among them that look at colours
RUN_AXE = "(rules) => axe.run(document, { resultTypes: ['violations'], preload: false, runOnly: rules })"
OVERFLOW = "document.documentElement.scrollWidth - innerWidth"
BEYOND = """() => [...document.querySelectorAll('body *')]
    .filter((one) => one.getBoundingClientRect().right > innerWidth + 1 && !one.closest('.scroller'))
    .map((one) => one.cloneNode(false).outerHTML.slice(0, 200)).slice(-5)"""
# What lies over the rest when it is open would hide from the rules what is below: those open one at a time.
OPEN_DETAILS = """(floats) => {
    const shut = [...document.querySelectorAll('main details:not([open])')];
    const floating = shut.filter((box) => box.matches(floats));
    shut.filter((box) => !box.matches(floats)).concat(floating.slice(0, 1)).forEach((box) => { box.open = true; });
}"""
FLOATING = "details.waits"
# Times are told as ages, which go on; whatever else a reader sees counts, what is typed or chosen too.
VIEW = """() => {
    const main = document.querySelector('main'), copy = main.cloneNode(true);
    for (const chart of copy.querySelectorAll('.js-plotly-plot')) chart.remove();  // its numbers stand below it
    for (const time of copy.querySelectorAll('time, .going-on')) time.textContent = time.getAttribute('datetime');
    const fields = [...main.querySelectorAll('input, select, textarea')].map((one) => [one.name, one.value]);
    return [location.pathname + location.search, document.title, copy.textContent, JSON.stringify(fields)];
}"""


def violations(page: Page, rules: Sequence[str] = WCAG) -> list[str]:
    """What breaks WCAG 2.2 AA (or these rules) by axe-core: the rule, how often, the first place and why."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    found: dict[str, Any] = page.evaluate(RUN_AXE, rules)
    return [_told(one) for one in found["violations"]]


def _told(violation: dict[str, Any]) -> str:
    first = violation["nodes"][0]
    return f"{violation['id']} ({len(violation['nodes'])}): {first['html'][:300]} {first['failureSummary']}"


def unfold(page: Page) -> None:
    """Open all details; of those that float over the page the first."""
    page.evaluate(OPEN_DETAILS, FLOATING)


def sticking_out(page: Page) -> list[str]:
    """What makes the page scroll sideways, once what follows its width (charts do, a moment later) has done so."""
    try:
        page.wait_for_function(f"() => {OVERFLOW} <= 0", timeout=4000)
    except PlaywrightTimeout:
        return list(page.evaluate(BEYOND)) or ["something"]
    return []


def view(page: Page) -> list[str]:
    """The address, the title, the text and the fields, without what ticks."""
    seen: list[str] = page.evaluate(VIEW)
    return seen
