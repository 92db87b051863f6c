"""Favourite services: the browser keeps which are starred, an address names them all (`fav=authn,billing`).

So a shared link shows everybody the same services, and the server knows nobody's favourites.
`assets/5-favourites.js` presses the stars and gives the toggle its address.
"""

from components.links import Query, page_path
from components.tags import Node, el, icon

NAME = "fav"  # in the address
NONE_YET = "Favourites: star a service to keep it here"


def star(service_id: str, name: str = "") -> Node:
    """The button beside a service's name."""
    label = f"Favourite: {name or service_id}"
    return el(
        "Button", icon("star"), type="button", cls="star", aria_pressed="false", aria_label=label, title=label,
        data_favourite=service_id,
    )  # fmt: skip


def toggle(path: str, query: Query, active: bool) -> Node:
    """Only the favourites, or all again; before anything is starred the words how to.

    The browser knows what is starred: it completes the address of the way in, and takes the words away.
    """
    rest: Query = {name: value for name, value in query.items() if name not in (NAME, "page", "cursor")}
    if active:
        on = el(
            "A", icon("star-fill"), "Favourites", href=page_path(path, rest), cls="segment keep", aria_current="true"
        )
        return el("Div", on, cls="favourites segments")
    way = el("A", icon("star"), "Favourites", cls="segment keep", hidden=True, data_favourites=page_path(path, rest))
    return el("Div", way, el("Span", NONE_YET, cls="hint"), cls="favourites")
