"""Files in a real browser: a click on CSV saves what the page shows, filtered as it is."""

from pathlib import Path
from urllib.parse import unquote

from playwright.sync_api import Locator, Page

from tests.api.reading_csv import lines
from tests.browser.conftest import Tab, tab
from tests.read_model import MIRA


def saved(page: Page, link: Locator) -> tuple[str, list[dict[str, str]]]:
    """The name and the rows of what a click saves."""
    with page.expect_download() as download:
        link.click()
    names, *others = lines(Path(download.value.path()).read_bytes())
    return download.value.suggested_filename, [dict(zip(names, one, strict=True)) for one in others]


def panel(page: Page, heading: str) -> Locator:
    """The panel with this heading."""
    return page.locator(".panel", has=page.locator(f"h2:text-is('{heading}')"))


def listed(page: Page) -> list[str]:
    """The ids of the attempts the list shows, in its order."""
    links = panel(page, "Attempts").locator("tbody tr").all()
    found = [row.locator("a[href^='/builds/']").first.get_attribute("href") or "" for row in links]
    return [unquote(one.removeprefix("/builds/").partition("?")[0]) for one in found]


def test_the_file_of_a_list_has_the_rows_of_its_table(wide: Tab) -> None:
    page = wide.open(f"/clusters/{MIRA}")
    page.wait_for_selector("#attempts")
    name, rows = saved(page, panel(page, "Attempts").locator("a.csv"))
    assert [one["id"] for one in rows] == listed(page)
    assert name.startswith(f"attempts-{MIRA}-") and name.endswith(".csv")
    assert page.url.endswith(f"/clusters/{MIRA}")
    assert wide.complaints == []


def test_the_file_is_filtered_as_the_list_is(wide: Tab) -> None:
    page = wide.open(f"/clusters/{MIRA}?status=FAILED&range=30d")
    page.wait_for_selector("#attempts")
    _, rows = saved(page, panel(page, "Attempts").locator("a.csv"))
    assert {one["status"] for one in rows} == {"FAILED"}
    assert [one["id"] for one in rows] == listed(page)


def test_the_matrix_is_saved_whole_at_any_width(chromium, dashboard) -> None:
    for width in (1440, 390):
        with tab(chromium, dashboard.url, width) as opened:
            page = opened.open("/?type=Production&q=auth")
            page.wait_for_selector("#matrix")
            shown = panel(page, "Services by cluster-region")
            names = [one.strip() for one in shown.locator("tbody th[scope=row] a").all_text_contents()]
            name, rows = saved(page, shown.locator("a.csv"))
            assert [one["serviceName"] for one in rows] == names
            assert name.startswith("matrix-production-auth-")
            assert opened.complaints == []


def test_a_charts_file_has_the_numbers_of_its_table_and_keyboards_reach_it(wide: Tab) -> None:
    page = wide.open("/analytics?range=7d")
    shown = panel(page, "Build attempts per day")
    shown.locator("a.csv").focus()
    with page.expect_download() as download:
        page.keyboard.press("Enter")
    names, *rows = lines(Path(download.value.path()).read_bytes())
    found = {one[0]: dict(zip(names, one, strict=True)) for one in rows}
    table = shown.locator("table").first
    heads = table.locator("thead th").all_text_contents()
    assert len(found) == table.locator("tbody tr").count() == 7
    for row in table.locator("tbody tr").all():
        cells = dict(zip(heads, row.locator("th, td").all_text_contents(), strict=True))
        day = found[cells[heads[0]][:10]]
        assert (cells["Failed"], cells["Success"]) == (day["failed"], day["success"])
    assert wide.complaints == []
