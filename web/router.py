"""What the browser posts when a visitor goes to an address."""

from typing import Any

from dash import Dash

from web.callback_bodies import call_of

ROUTER = "_pages_content"


def router_call(app: Dash, path: str, search: str = "") -> dict[str, Any]:
    """The call of Dash's router for an address."""
    name, callback = next(
        (name, one) for name, one in app.callback_map.items() if ROUTER in name and "callback" in one
    )
    body = call_of(name, callback)
    for value in body["inputs"]:
        value["value"] = path if value["property"] == "pathname" else search
    body["changedPropIds"] = ["_pages_location.pathname"]
    return body
