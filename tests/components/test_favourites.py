"""Favourites: a star says of which service it is; the toggle leads to them and back, and keeps the other filters."""

from components import favourites
from tests.reading import hrefs, nodes, words


def test_a_star_is_a_named_button_of_a_service_that_is_not_pressed_before_the_browser_knows():
    star = favourites.star("authn", "Authentication")["props"]
    assert star["data-favourite"] == "authn"
    assert star["aria-label"] == "Favourite: Authentication"
    assert star["aria-pressed"] == "false"
    assert favourites.star("authn")["props"]["aria-label"] == "Favourite: authn"


def test_the_way_to_the_favourites_keeps_the_filters_and_is_completed_by_the_browser():
    shown = favourites.toggle("/services", {"team": "Core", "page": "3", "fav": None}, active=False)
    [way] = nodes(shown, "A")
    assert way["props"]["data-favourites"] == "/services?team=Core"
    assert way["props"]["hidden"] is True
    assert "href" not in way["props"]
    assert favourites.NONE_YET in words(shown)


def test_while_only_favourites_are_shown_it_leads_back_to_all():
    shown = favourites.toggle("/", {"team": "Core", "fav": "authn,billing"}, active=True)
    assert hrefs(shown) == ["/?team=Core"]
    [on] = nodes(shown, "A")
    assert on["props"]["aria-current"] == "true"
    assert favourites.NONE_YET not in words(shown)
