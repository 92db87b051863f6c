"""Shared secrets: two live at once, none configured refuses all, and time tells nothing."""

import ast
import inspect

import pytest
from werkzeug.datastructures import Headers

from data.errors import Unauthorized
from ingest import signatures
from ingest.signatures import check_shared_secret

OLD, NEW = "old-secret-0123456789-abcdef", "new-secret-0123456789-äöü"


def allowed(headers: dict[str, str], *secrets: str) -> bool:
    try:
        check_shared_secret(Headers(headers), secrets)  # type: ignore[arg-type]
    except Unauthorized:
        return False
    return True


@pytest.mark.parametrize("secret", [OLD, NEW])
@pytest.mark.parametrize("scheme", ["Bearer ", "bearer ", "BEARER  "])
def test_each_of_two_live_secrets_is_enough_in_either_header(secret: str, scheme: str):
    wire = secret.encode().decode("latin-1")  # as a server hands header bytes on
    assert allowed({"X-Webhook-Secret": wire}, OLD, NEW)
    assert allowed({"Authorization": scheme + wire}, OLD, NEW)


def test_a_rotated_secret_is_refused_once_it_is_gone():
    assert not allowed({"X-Webhook-Secret": OLD}, NEW)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-Webhook-Secret": ""},
        {"X-Webhook-Secret": OLD[:-1]},
        {"X-Webhook-Secret": OLD + "x"},
        {"X-Webhook-Secret": OLD.upper()},
        {"Authorization": OLD},
        {"Authorization": f"Basic {OLD}"},
        {"Authorization": "Bearer "},
        {"X-Webhook-Secret": f"{OLD},{NEW}"},
    ],
)
def test_what_is_not_a_live_secret_is_refused(headers: dict[str, str]):
    assert not allowed(headers, OLD)


@pytest.mark.parametrize("headers", [{}, {"X-Webhook-Secret": ""}, {"X-Webhook-Secret": "x" * 24}])
def test_without_a_configured_secret_nobody_may(headers: dict[str, str]):
    assert not allowed(headers)


def test_secrets_are_compared_only_by_compare_digest():
    """W08: no early exit and no `==` on anything secret."""
    tree = ast.parse(inspect.getsource(signatures))
    compared = [node for node in ast.walk(tree) if isinstance(node, ast.Compare)]
    allowed_constants = {"BEARER"}
    for node in compared:
        names = {leaf.id for leaf in ast.walk(node) if isinstance(leaf, ast.Name)}
        assert names & allowed_constants, ast.unparse(node)
    loops = [node for node in ast.walk(tree) if isinstance(node, ast.For)]
    assert loops
    assert not any(isinstance(leaf, ast.Break | ast.Return) for loop in loops for leaf in ast.walk(loop))
    assert "compare_digest" in inspect.getsource(check_shared_secret)
