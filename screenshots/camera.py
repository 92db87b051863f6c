"""Takes the pictures: one browser, a profile for each width and theme, PNGs of few colours."""

import shutil
from collections.abc import Callable, Iterable
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright
from playwright.sync_api import Error as BrowserError

from screenshots.palette import reduced
from screenshots.sights import PHONE, THEMES, WIDE, Sight

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--hide-scrollbars",
    "--force-color-profile=srgb",
]
VIEWPORT = 900
TALLEST = {WIDE: 1800, PHONE: 1500}
SETTLED = """() => [...document.querySelectorAll('.js-plotly-plot')].every((one) => one.querySelector('.main-svg'))
    && document.querySelector('#freshness')?.dataset.state === 'fresh' && document.fonts.status === 'loaded'"""
STILL_MS = 600  # until what the charts measure of their surroundings has come to rest


class CameraError(RuntimeError):
    """A picture cannot be taken: one sentence says why."""


def chromium() -> str:
    """The installed browser."""
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if found is None:
        raise CameraError("No Chromium is on the PATH.")
    return found


def take(url: str, sights: Iterable[Sight], folder: Path, say: Callable[[str], None]) -> list[Path]:
    """Every picture of these sights of the dashboard at `url`; the files written."""
    folder.mkdir(parents=True, exist_ok=True)
    taken: list[Path] = []
    every = list(sights)
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium(), args=FLAGS)
        for width in (WIDE, PHONE):
            for theme in THEMES:
                chosen = [one for one in every if width == WIDE or one.phone]
                taken += _take_all(browser, url, chosen, folder, width, theme)
                say(f"{len(taken)} pictures taken")
        browser.close()
    return taken


def _take_all(
    browser: Browser, url: str, sights: Iterable[Sight], folder: Path, width: int, theme: str
) -> list[Path]:
    profile = browser.new_context(
        viewport={"width": width, "height": VIEWPORT},
        color_scheme="dark" if theme == "dark" else "light", reduced_motion="reduce",
        timezone_id="UTC",
    )  # fmt: skip
    page = profile.new_page()
    files = []
    for sight in sights:
        file = folder / sight.file(theme, width)
        try:
            go(page, url, sight)
            file.write_bytes(reduced(_picture(page, sight, width)))
        except BrowserError as error:
            raise CameraError(f"{file.name} could not be taken: {error.message.splitlines()[0]}") from error
        files.append(file)
    profile.close()
    return files


def go(page: Page, url: str, sight: Sight) -> None:
    """Have the page show it, at rest."""
    page.goto(url + sight.path)
    page.wait_for_selector("main h1")
    for selector, appears in sight.clicks:
        page.locator(selector).first.click()
        page.wait_for_selector(appears)
        page.evaluate("scrollTo(0, 0)")  # else the bar would stand in the middle of a tall picture
    if sight.keys:
        page.keyboard.press(sight.keys[0])
        page.wait_for_selector("dialog[open]")
        page.keyboard.type(sight.keys[1:])
        page.wait_for_selector("dialog[open] [role=option]")
    page.wait_for_function(SETTLED)
    page.wait_for_timeout(STILL_MS)


def _picture(page: Page, sight: Sight, width: int) -> bytes:
    """All of it down to what fits a picture; of what lies over the page only what is seen."""
    if sight.keys:
        return page.screenshot()
    height = int(page.evaluate("document.documentElement.scrollHeight"))
    clip = {"x": 0.0, "y": 0.0, "width": float(width), "height": float(min(height, TALLEST[width]))}
    return page.screenshot(full_page=True, clip=clip)  # type: ignore[arg-type]  # a TypedDict of just these
