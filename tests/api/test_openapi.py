"""The OpenAPI document says what the server does: the same routes, and answers that fit their schemas."""

import json
import re
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

from api.examples import EXAMPLES
from tests.api.conftest import FAILED, SERVING
from tests.read_model import AQUILA, MIRA, PAVO


@pytest.fixture
def spec(client) -> Any:
    return client.get("/api/openapi.json").get_json()


def validate(spec: dict[str, Any], schema: dict[str, Any], instance: Any) -> None:
    checker = Draft202012Validator(
        schema | {"components": spec["components"]}, format_checker=Draft202012Validator.FORMAT_CHECKER
    )
    checker.validate(instance)


def test_the_document_is_valid_openapi_3_1(spec):
    assert spec["openapi"].startswith("3.1")
    OpenAPIV31SpecValidator(spec).validate()


def test_every_route_of_ours_is_documented_and_every_documented_one_is_there(dash_app, spec):
    served = {
        (re.sub(r"<(?:\w+:)?(\w+)>", lambda m: "{" + m[1] + "}", rule.rule), method.lower())
        for rule in dash_app.server.url_map.iter_rules()
        if rule.rule.startswith("/api") or rule.rule in ("/healthz", "/readyz")
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if not rule.endpoint.endswith(".unknown")
    }
    documented = {
        (re.sub(r"\{(\w+)\}", lambda m: "{" + snake(m[1]) + "}", path), method)
        for path, methods in spec["paths"].items()
        for method in methods
    }
    assert served == documented


def snake(name: str) -> str:
    return re.sub(r"[A-Z]", lambda m: "_" + m[0].lower(), name)


PATHS = [
    "/api/clusters", f"/api/clusters/{MIRA}", f"/api/clusters/{MIRA}/summary", f"/api/clusters/{PAVO}/summary",
    f"/api/clusters/{AQUILA}/summary", f"/api/clusters/{MIRA}/attempts", f"/api/clusters/{MIRA}/attempts?limit=1",
    "/api/services", "/api/services/authn", "/api/services/billing", "/api/services/authn/attempts",
    f"/api/builds/{SERVING}", f"/api/builds/{FAILED}", f"/api/builds/{PAVO}:authn:3.4.2:7",
    f"/api/services/authn/compare?a={FAILED}&b={SERVING}", "/api/services/authn/compare?a=x",
    f"/api/services/authn/rollback?clusterId={MIRA}", f"/api/services/authn/rollback?clusterId={PAVO}",
    "/api/promotions?serviceId=authn", "/api/promotions?clusterId=nowhere", "/api/promotions", "/api/analytics",
    "/api/promotions/lanes", "/api/promotions/lanes?serviceId=authn", "/api/promotions/lanes?serviceId=nobody",
    "/api/analytics?serviceId=authn&from=2026-02-19&to=2026-02-19", "/api/analytics?grain=hour",
    "/api/generation", "/api/ingest/status",
    "/healthz", "/readyz", "/api/nothing", "/api/clusters?x=1", "/api/analytics?from=yesterday",
]  # fmt: skip


@pytest.mark.parametrize("path", PATHS)
def test_answers_fit_their_schemas(client, spec, path):
    response = client.get(path)
    if response.status_code >= 400:
        validate(spec, {"$ref": "#/components/schemas/Problem"}, response.get_json())
        return
    content = documented(spec, path.split("?")[0])["200"]["content"]["application/json"]
    validate(spec, content["schema"], response.get_json())


def documented(spec: dict[str, Any], path: str) -> Any:
    """The responses of the GET at this address."""
    fitting = [one for one in spec["paths"] if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", one), path)]
    exact = path if path in fitting else fitting[0]
    return spec["paths"][exact]["get"]["responses"]


def test_a_field_that_is_not_documented_would_be_noticed(client, spec):
    found = client.get("/api/clusters").get_json()
    found["clusters"][0]["surprise"] = 1
    with pytest.raises(Exception, match="surprise"):
        validate(spec, {"$ref": "#/components/schemas/ClusterList"}, found)


@pytest.mark.parametrize("name", EXAMPLES)
def test_examples_fit_their_schemas(spec, name):
    schema = spec["components"]["schemas"][name]
    assert schema["examples"] == [EXAMPLES[name]]
    validate(spec, schema, EXAMPLES[name])


def test_every_schema_is_used(spec):
    text = json.dumps(spec)
    unused = [name for name in spec["components"]["schemas"] if f'"#/components/schemas/{name}"' not in text]
    assert unused == []


def test_the_readable_page_shows_every_operation_and_needs_no_other_host(client, spec):
    response = client.get("/api/docs")
    assert response.mimetype == "text/html"
    for path in spec["paths"]:
        assert f"<code>{path}</code>" in response.text
    assert not re.findall(r'(?:src|href|action)="(?!#|/"|/[a-z])', response.text)
    assert not re.findall(r"<script|<link|<img|@import|url\(", response.text)
    links = set(re.findall(r'href="#([^"]+)"', response.text))
    assert links <= set(re.findall(r'id="([^"]+)"', response.text))
