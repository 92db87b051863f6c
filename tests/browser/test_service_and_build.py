"""The service and build pages in a real browser: comparing, stepping by keys, copying, keeping what is unfolded."""

from urllib.parse import quote

from tests.read_model import AQUILA, MIRA

FIRST, SECOND = f"{MIRA}:authn:3.2.0:2-mira", f"{MIRA}:authn:3.3.0:3-mira"
COPIED = """() => {
    window.__copied = [];
    navigator.clipboard.writeText = async (text) => { window.__copied.push(text); };
}"""
NO_CLIPBOARD = """(copies) => {
    navigator.clipboard.writeText = () => Promise.reject(new Error("plain HTTP"));
    document.execCommand = (what) => { window.__old = [what, document.activeElement.value]; return copies; };
}"""


def build(attempt_id: str) -> str:
    return f"/builds/{quote(attempt_id, safe='')}"


COMPARISON = f"/services/authn?compare={quote(f'{FIRST},{SECOND}', safe='')}"


def test_two_attempts_are_chosen_and_back_undoes_it(wide):
    page = wide.open("/services/authn")
    page.click(f'[aria-label="Compare 3.2.0 on {MIRA}"]')
    page.wait_for_selector("text=is chosen.")
    page.click(f'[aria-label="Compare 3.2.0 on {MIRA} with 3.3.0 on {MIRA}"]')
    page.wait_for_selector("table.two-sides")
    page.wait_for_function("() => document.activeElement.id === 'compare'")
    address = page.url
    page.reload()
    page.wait_for_selector("table.two-sides")
    assert page.url == address
    page.go_back()
    page.wait_for_selector("text=is chosen.")
    page.go_back()
    page.wait_for_selector("table.two-sides", state="detached")
    page.wait_for_function("() => location.search === ''")
    assert wide.complaints == []


def test_the_filters_keep_the_comparison(wide):
    page = wide.open(COMPARISON)
    page.click(".segment >> text=Failed")
    page.wait_for_function("() => location.search.includes('status=FAILED') && location.search.includes('compare=')")
    page.wait_for_selector('.segment[aria-current="true"]:has-text("Failed")')
    assert page.locator("table.two-sides").count() == 1
    page.select_option("#filter-cluster", MIRA)
    page.wait_for_function("() => location.search.includes('cluster=') && location.search.includes('compare=')")
    page.click('a[href*="cluster="]:has-text("End the comparison")')  # of the page as it is filtered now
    page.wait_for_function("() => !location.search.includes('compare')")
    assert "cluster=" in page.url and "status=FAILED" in page.url


def test_brackets_step_through_the_attempts_of_a_pair(wide):
    page = wide.open(build(SECOND))
    page.keyboard.press("[")
    page.wait_for_selector("h1 >> text=3.2.0")
    page.wait_for_function("() => document.activeElement.tagName === 'H1'")
    page.keyboard.press("]")
    page.wait_for_selector("h1 >> text=3.3.0")
    page.go_back()
    page.wait_for_selector("h1 >> text=3.2.0")
    assert wide.complaints == []


def test_at_the_end_of_the_history_a_bracket_does_nothing(wide):
    page = wide.open(build(f"{AQUILA}:authn:3.0.0:0-aqui"))
    page.wait_for_selector("text=the first here")
    page.keyboard.press("[")
    page.wait_for_timeout(200)
    assert "3.0.0" in page.inner_text("h1")


def test_a_copy_button_copies_the_whole_text_and_says_so_for_two_seconds(wide):
    page = wide.open(build(SECOND))
    page.evaluate(COPIED)
    button = page.locator('[aria-label="Copy the attempt id"]')
    box = button.bounding_box()
    assert min(box["width"], box["height"]) >= 24
    button.focus()
    page.keyboard.press("Enter")
    page.wait_for_function("() => document.getElementById('copy-state')?.textContent === 'Copied'")
    assert page.evaluate("window.__copied") == [SECOND]
    assert button.get_attribute("data-said") == "Copied"
    page.wait_for_function("() => !document.querySelector('[data-said]')", timeout=4000)
    assert wide.complaints == []


def test_without_a_clipboard_the_text_is_copied_the_old_way(wide):
    page = wide.open(build(SECOND))
    page.evaluate(NO_CLIPBOARD, True)
    page.click('[aria-label="Copy the version"] >> nth=0')
    page.wait_for_selector('[data-said="Copied"]')
    assert page.evaluate("window.__old") == ["copy", "3.3.0"]
    page.evaluate(NO_CLIPBOARD, False)
    page.click('[aria-label="Copy the version"] >> nth=0')
    page.wait_for_selector('[data-said="Not copied"]')


def test_a_raw_event_stays_unfolded_through_an_update(wide):
    page = wide.open(build(SECOND))
    page.click(".raws > summary")
    page.click(".raw details >> nth=0")
    page.wait_for_selector(".raw details[open] pre")
    page.click("#refresh-button")
    page.wait_for_timeout(800)
    assert page.locator(".raws[open] .raw details[open]").count() == 1
    assert '"buildVersion"' in page.inner_text(".raw details[open] pre")
