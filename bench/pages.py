"""What a browser sends for a page, made from what the server itself says of its callbacks."""

from collections.abc import Sequence
from typing import Any

import orjson

from bench.load import ask, get, post
from web.callback_bodies import ENDPOINT

ROUTER = "_pages_content"


def page_request(port: int, path: str, search: str = "") -> bytes:
    """The request of a reader who goes to `path` within the application."""
    return page_requests(port, path, [search])[0]


def page_requests(port: int, path: str, searches: Sequence[str]) -> list[bytes]:
    """The same with one query or another."""
    callbacks = orjson.loads(ask(port, get("/_dash-dependencies", gzip=False))[1])
    router = next(one for one in callbacks if ROUTER in one["output"] and not one["clientside_function"])
    return [post(ENDPOINT, orjson.dumps(_body(router, path, search))) for search in searches]


def _body(router: dict[str, Any], path: str, search: str) -> dict[str, Any]:
    return {
        "output": router["output"],
        "outputs": [_named(one) for one in router["output"].strip(".").split("...")],
        "inputs": [_given(one, path, search) for one in router["inputs"]],
        "state": [_given(one, path, search) for one in router["state"]],
        "changedPropIds": ["_pages_location.pathname"],
    }


def _named(output: str) -> dict[str, str]:
    component_id, _, name = output.rpartition(".")
    return {"id": component_id, "property": name}


def _given(argument: dict[str, Any], path: str, search: str) -> dict[str, Any]:
    value = {"pathname": path, "search": search}.get(argument["property"])
    return {**argument, "value": value}
