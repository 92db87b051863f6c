"""What can be copied: texts by their buttons, and the days a copied link names."""

from components import copying
from tests.reading import nodes, words


def test_a_shortened_text_is_copied_whole():
    shown = copying.copied("0123456789abcdef", "the commit", "0123456")
    [button] = nodes(shown, "Button")
    assert button["props"]["data-copy"] == "0123456789abcdef"
    assert button["props"]["aria-label"] == "Copy the commit"
    assert words(shown) == "0123456"


def test_the_days_a_page_shows_are_words_that_name_both_ends():
    shown = copying.fixed_days("2026-02-01 to 2026-02-14 UTC", "2026-02-01", "2026-02-14", "small")
    assert words(shown) == "2026-02-01 to 2026-02-14 UTC"
    assert (shown["props"]["data-from"], shown["props"]["data-to"]) == ("2026-02-01", "2026-02-14")
