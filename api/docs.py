"""The API's documentation: the OpenAPI document, and a page made of it that needs nothing from anywhere else."""

from functools import cache
from html import escape
from typing import Any

import orjson
from flask import Blueprint, Response

import context
from api import (
    alerts,
    badges,
    caching,
    deliveries,
    delivery,
    errors,
    events,
    explain,
    exports,
    exports_analytics,
    exports_delivery,
    health,
    point_in_time,
    promotion_debt,
    quality,
    quarantine,
    read,
    scorecards,
    search,
    service_history,
)
from api.errors import KINDS
from api.openapi import ALWAYS, INGEST, document
from api.params import Asked
from api.routing import Answer, Operation, Routes

bp = Blueprint("docs", __name__)
routes = Routes(bp, "Documentation", "/api")

COMMON = frozenset(ALWAYS)
PROBLEMS = (
    "Any request can be answered by one of these, as `application/problem+json`. `field` names the parameter, "
    "or the place in the body, that is wrong; `requestId` finds the request in the logs."
)
STYLE = """
:root{color-scheme:light dark}
body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}
code{font:14px ui-monospace,monospace}h2{margin-top:2.5rem;border-top:1px solid #8886;padding-top:1rem}
h3{margin:2rem 0 .25rem}table{border-collapse:collapse;width:100%}
th,td{text-align:left;vertical-align:top;padding:.25rem .75rem .25rem 0;border-bottom:1px solid #8883}
.m{display:inline-block;min-width:3.5rem;font-weight:700}.d{overflow-x:auto;margin:.5rem 0 1rem}
td:first-child{width:9rem}td:nth-child(2){width:16rem}th{font-weight:600;opacity:.75}
pre{overflow-x:auto;padding:1rem;background:#8882;border-radius:6px}h4{margin:1rem 0 0}
"""


@routes.get("/openapi.json", Answer("The OpenAPI 3.1 document."))
def openapi_json(_asked: Asked) -> Response:
    """This API as an OpenAPI 3.1 document."""
    return caching.sent_once(described(context.settings().version))


@routes.get("/docs", Answer("The page.", media_type="text/html"))
def docs(_asked: Asked) -> Response:
    """This API as a page to read."""
    answer = Response(page(described(context.settings().version)), mimetype="text/html")
    answer.headers["Cache-Control"] = caching.REVALIDATE
    return answer


def operations() -> list[Operation]:
    """Every documented operation."""
    return [
        *read.routes.operations,
        *point_in_time.routes.operations,
        *service_history.routes.operations,
        *search.routes.operations,
        *exports.routes.operations,
        *exports_analytics.routes.operations,
        *exports_delivery.routes.operations,
        *promotion_debt.routes.operations,
        *delivery.routes.operations,
        *delivery.exports.operations,
        *quality.routes.operations,
        *quality.exports.operations,
        *scorecards.routes.operations,
        *scorecards.exports.operations,
        *INGEST,
        *deliveries.routes.operations,
        *quarantine.routes.operations,
        *quarantine.OPERATIONS,
        *badges.routes.operations,
        *events.routes.operations,
        *alerts.routes.operations,
        *alerts.OPERATIONS,
        *explain.OPERATIONS,
        *health.routes.operations,
        *routes.operations,
    ]


@cache
def described(version: str) -> dict[str, Any]:
    """The document of this version; it never changes while the process lives."""
    return document(operations(), version)


def page(spec: dict[str, Any]) -> str:
    """The document as HTML without a script."""
    by_tag: dict[str, list[str]] = {tag["name"]: [] for tag in spec["tags"]}
    for path, methods in spec["paths"].items():
        for method, one in methods.items():
            by_tag[one["tags"][0]].append(_section(method, path, one))
    info = spec["info"]
    parts = [f"<h2>{escape(tag)}</h2>{''.join(sections)}" for tag, sections in by_tag.items()]
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{escape(info["title"])} API</title>'
        f'<meta name="viewport" content="width=device-width,initial-scale=1"><style>{STYLE}</style>'
        f"<h1>{escape(info['title'])} API</h1><p>{_text(info['description'])}</p>"
        '<p>Machine-readable: <a href="/api/openapi.json">/api/openapi.json</a> · <a href="/">Dashboard</a></p>'
        f"{''.join(parts)}<h2>Problems</h2><p>{_text(PROBLEMS)}</p>{_problems()}<h2>Schemas</h2>{_schemas(spec)}</html>"
    )


def _section(method: str, path: str, one: dict[str, Any]) -> str:
    parameters = [
        (f"<code>{escape(p['name'])}</code>", f"{p['in']}: {_kind(p['schema'])}",
         _text(p.get("description", "")))
        for p in one["parameters"]
    ]  # fmt: skip
    answers = [
        (f"<b>{code}</b>", _content(answer), _text(answer["description"]))
        for code, answer in one["responses"].items()
        if int(code) not in COMMON
    ]
    body = f"<p>Body: {_content(one['requestBody'])}</p>" if "requestBody" in one else ""
    return (
        f'<h3 id="{escape(one["operationId"])}"><span class="m">{method.upper()}</span> '
        f"<code>{escape(path)}</code></h3><p>{_text(one['summary'])}. {_text(one.get('description', ''))}</p>"
        f"{body}{_table(parameters, 'Parameter', 'Kind', 'Meaning')}{_table(answers, 'Answer', 'Body', 'Meaning')}"
    )


def _problems() -> str:
    rows = [
        (f'<code id="{kind.slug}">{kind.slug}</code>', f"<b>{kind.status}</b>", escape(kind.title))
        for kind in (*KINDS.values(), errors.INTERNAL)
    ]
    return _table(rows)


def _schemas(spec: dict[str, Any]) -> str:
    return "".join(
        f'<h3 id="schema-{name}">{name}</h3><p>{_text(schema.get("description", ""))}</p>{_properties(schema)}'
        f"{_example(schema)}"
        for name, schema in sorted(spec["components"]["schemas"].items())
    )


def _properties(schema: dict[str, Any]) -> str:
    required = schema.get("required", ())
    return _table([
        (f"<code>{escape(name)}</code>", _kind(one) + ("" if name in required else " (optional)"),
         _text(one.get("description", "")))
        for name, one in schema.get("properties", {}).items()
    ])  # fmt: skip


def _kind(schema: dict[str, Any]) -> str:
    """The type of a schema in a word or two, as HTML: names of our schemas lead to them."""
    if "$ref" in schema:
        name = schema["$ref"].rsplit("/", 1)[-1]
        return f'<a href="#schema-{name}">{name}</a>'
    if (choices := schema.get("anyOf") or schema.get("oneOf")) is not None:
        return " or ".join(dict.fromkeys(map(_kind, choices)))
    if "enum" in schema:
        return escape(" | ".join(map(str, schema["enum"])))
    if schema.get("type") == "array":
        return f"list of {_kind(schema['items'])}"
    kinds = schema.get("type", "any")
    names = [kinds] if isinstance(kinds, str) else kinds
    return escape(" or ".join(schema.get("format", name) if name == "string" else name for name in names))


def _content(holder: dict[str, Any]) -> str:
    return " ".join(
        _kind(content["schema"]) if "schema" in content else escape(media)
        for media, content in holder["content"].items()
    )


def _text(words: str) -> str:
    """Prose with `code` in it."""
    parts = [escape(part) for part in words.split("`")]
    return "".join(f"<code>{part}</code>" if place % 2 else part for place, part in enumerate(parts))


def _example(schema: dict[str, Any]) -> str:
    shown = [orjson.dumps(one, option=orjson.OPT_INDENT_2).decode() for one in schema.get("examples", ())]
    return "".join(f"<pre><code>{escape(one)}</code></pre>" for one in shown)


def _table(rows: list[tuple[str, str, str]], *heads: str) -> str:
    head = "".join(f"<th>{one}</th>" for one in heads)
    lines = "".join(f"<tr><td>{a}</td><td>{b}</td><td>{c}</td></tr>" for a, b, c in rows)
    return f'<div class="d"><table>{head and f"<tr>{head}</tr>"}{lines}</table></div>' if rows else ""
