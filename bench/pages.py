"""What a browser sends for a page, made from what the server itself says of its callbacks."""

from typing import Any

import orjson

from bench.load import ask, get, post
from web.callback_bodies import ENDPOINT

ROUTER = "_pages_content"


def page_request(port: int, path: str) -> bytes:
    """The request of a reader who goes to `path` within the application."""
    callbacks = orjson.loads(ask(port, get("/_dash-dependencies", gzip=False))[1])
    router = next(one for one in callbacks if ROUTER in one["output"] and not one["clientside_function"])
    body = {
        "output": router["output"],
        "outputs": [_named(one) for one in router["output"].strip(".").split("...")],
        "inputs": [_given(one, path) for one in router["inputs"]],
        "state": [_given(one, path) for one in router["state"]],
        "changedPropIds": ["_pages_location.pathname"],
    }
    return post(ENDPOINT, orjson.dumps(body))


def _named(output: str) -> dict[str, str]:
    component_id, _, name = output.rpartition(".")
    return {"id": component_id, "property": name}


def _given(argument: dict[str, Any], path: str) -> dict[str, Any]:
    value = {"pathname": path, "search": ""}.get(argument["property"])
    return {**argument, "value": value}
