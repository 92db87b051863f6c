"""What may be posted to Dash's callback endpoint: a well-formed call of a callback that exists.

Dash itself answers anything else with a 500 and a traceback, and so lets strangers raise our alarms.
"""

import json
from collections.abc import Mapping
from typing import Any, cast

from dash import Dash
from flask import Flask, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import BadRequest

ENDPOINT = "/_dash-update-component"
MAX_BYTES = 1024 * 1024


def install(server: Flask, app: Dash) -> None:
    """Refuse malformed calls with 400 before Dash sees them."""
    dispatch = server.view_functions[ENDPOINT]

    def checked() -> ResponseReturnValue:
        request.max_content_length = MAX_BYTES
        body = request.get_json()
        if not is_call(body, app.callback_map):
            raise BadRequest("not a call of a known callback")
        return cast(ResponseReturnValue, dispatch())

    server.view_functions[ENDPOINT] = checked


def is_call(body: object, callbacks: Mapping[str, Any]) -> bool:
    """Whether `body` calls one of `callbacks` with that callback's own inputs, states and outputs."""
    if not isinstance(body, dict) or not isinstance(body.get("output"), str):
        return False
    callback = callbacks.get(body["output"])
    if callback is None or "callback" not in callback:  # the latter run in the browser alone
        return False
    return (
        _are_texts(body.get("changedPropIds", []))
        and _match(body.get("inputs", []), callback["inputs"])
        and _match(body.get("state", []), callback["state"])
        and _are_outputs(body.get("outputs"), body["output"])
    )


def _are_texts(values: object) -> bool:
    return isinstance(values, list) and all(isinstance(value, str) for value in values)


def _match(values: object, known: list[dict[str, Any]]) -> bool:
    if not isinstance(values, list) or len(values) != len(known):
        return False
    return all(_is_argument(value, one) for value, one in zip(values, known, strict=True))


def _is_argument(value: object, known: dict[str, Any]) -> bool:
    """One argument: the named property, or a list of such where the id is a pattern over many."""
    if isinstance(value, list):
        return _is_pattern(known["id"]) and all(_names(one, known["property"]) for one in value)
    if not _names(value, known["property"]):
        return False
    return _is_pattern(known["id"]) or value["id"] == known["id"]  # type: ignore[index]  # _names: a dict


def _is_pattern(component_id: object) -> bool:
    return isinstance(component_id, dict) or str(component_id).startswith("{")


def _names(value: object, wanted: object) -> bool:
    return isinstance(value, dict) and _is_id(value.get("id")) and value.get("property") == wanted


def _is_id(component_id: object) -> bool:
    if isinstance(component_id, dict):
        return all(isinstance(part, str | int | bool) for part in component_id.values())
    return isinstance(component_id, str)


def _are_outputs(value: object, name: str) -> bool:
    if not name.startswith(".."):
        return value is None or _is_output(value)
    return isinstance(value, list) and len(value) == len(_parts(name)) and all(map(_is_output, value))


def _is_output(value: object) -> bool:
    if isinstance(value, list):
        return all(_is_output(one) for one in value)
    return isinstance(value, dict) and _is_id(value.get("id")) and isinstance(value.get("property"), str)


def _parts(name: str) -> list[str]:
    return name.removeprefix("..").removesuffix("..").split("...")


def call_of(name: str, callback: Mapping[str, Any]) -> dict[str, Any]:
    """A well-formed call of a callback with null values, as warm-up and tests send it."""
    outputs = [_named(part) for part in _parts(name)]
    single = not name.startswith("..")
    return {
        "output": name,
        "outputs": outputs[0] if single else outputs,
        "inputs": [dict(one, value=None) for one in callback["inputs"]],
        "state": [dict(one, value=None) for one in callback["state"]],
        "changedPropIds": [],
    }


def _named(output: str) -> dict[str, Any]:
    component_id, _, name = output.rpartition(".")
    return {
        "id": json.loads(component_id) if component_id.startswith("{") else component_id,
        "property": name,
    }
