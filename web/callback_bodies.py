"""What may be posted to Dash's callback endpoint: a well-formed call of a callback that exists.

Dash itself answers anything else with a 500 and a traceback, and so lets strangers raise our alarms.
"""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from dash import Dash, Output
from dash.dependencies import DashDependency
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
        and _are_arguments(body.get("inputs", []), callback["inputs"])
        and _are_arguments(body.get("state", []), callback["state"])
        and _are_outputs(body.get("outputs"), callback)
    )


def _are_texts(values: object) -> bool:
    return isinstance(values, list) and all(isinstance(value, str) for value in values)


def _are_arguments(values: object, known: Sequence[Mapping[str, Any]]) -> bool:
    if not isinstance(values, list) or len(values) != len(known):
        return False
    return all(_is_argument(value, one) for value, one in zip(values, known, strict=True))


def _is_argument(value: object, known: Mapping[str, Any]) -> bool:
    """One argument: the named property, or a list of such where the id is a pattern over many."""
    if not _is_pattern(known["id"]):
        return _names(value, known["property"]) and cast(dict[str, Any], value)["id"] == known["id"]
    values = value if isinstance(value, list) else [value]
    return all(_names(one, known["property"]) for one in values)


def _are_outputs(value: object, callback: Mapping[str, Any]) -> bool:
    if callback["no_output"]:
        return True
    known = callback["output"]
    if not isinstance(known, list | tuple):
        return _is_output(value, known)
    if not isinstance(value, list) or len(value) != len(known):
        return False
    return all(_is_output(one, defined) for one, defined in zip(value, known, strict=True))


def _is_output(value: object, known: DashDependency) -> bool:
    """A property that fits the definition; a list of such only where the definition is a pattern over many."""
    if isinstance(value, list):
        return known.has_wildcard() and all(isinstance(one, dict) and _is_output(one, known) for one in value)
    if not isinstance(value, dict) or not _is_id(value.get("id")) or not isinstance(value.get("property"), str):
        return False
    name, _, _ = value["property"].partition("@")  # what follows tells several writers of one property apart
    return bool(Output(value["id"], name) == known)


def _is_pattern(component_id: object) -> bool:
    return isinstance(component_id, dict) or str(component_id).startswith("{")


def _names(value: object, wanted: object) -> bool:
    return isinstance(value, dict) and _is_id(value.get("id")) and value.get("property") == wanted


def _is_id(component_id: object) -> bool:
    if isinstance(component_id, dict):
        return all(isinstance(part, str | int | bool) for part in component_id.values())
    return isinstance(component_id, str)


def call_of(name: str, callback: Mapping[str, Any]) -> dict[str, Any]:
    """A well-formed call of a callback with null values, as sent where no component fits its patterns."""
    known = callback["output"]
    outputs = [_as_sent(one) for one in known] if isinstance(known, list | tuple) else _as_sent(known)
    return {
        "output": name,
        "outputs": outputs,
        "inputs": [_valueless(one) for one in callback["inputs"]],
        "state": [_valueless(one) for one in callback["state"]],
        "changedPropIds": [],
    }


def _as_sent(output: DashDependency) -> Any:
    return [] if output.has_wildcard() else output.to_dict()


def _valueless(argument: Mapping[str, Any]) -> Any:
    return [] if _is_pattern(argument["id"]) else {**argument, "value": None}
