"""Pages as a browser gets them: over Dash's own routes, on tables with a known past."""

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from dash import Dash

from tests.api.conftest import Site
from tests.conftest import fresh_aws
from tests.reading import named, nodes
from web.callback_bodies import ENDPOINT, call_of

ROUTER = "_pages_content.children"
REFRESH = "page-mark.children"


class Browser:
    """What a browser does with Dash, as far as pages go: visit an address, ask what changed."""

    def __init__(self, app: Dash) -> None:
        self._app = app
        self._client = app.server.test_client()

    def visit(self, address: str) -> Any:
        """The component tree of the page at an address."""
        parts = urlsplit(address)
        values = {"pathname": parts.path, "search": f"?{parts.query}" if parts.query else ""}
        body = self._call(ROUTER)
        for one in body["inputs"]:
            one["value"] = values[one["property"]]
        body["changedPropIds"] = ["_pages_location.pathname"]
        answer = self._client.post(ENDPOINT, json=body)
        assert answer.status_code == 200, answer.text
        return answer.json["response"]["_pages_content"]["children"]

    def refresh(self, page: Any, **changes: Any) -> Any:
        """What the server says changed on a page that was visited; None: nothing."""
        body = self._call(REFRESH)
        state = {"page-address": "data", "page-digests": "data", "page-mark": "children"}
        shown = {name: _props(page, name)[prop] for name, prop in state.items()} | changes
        for one in body["state"]:
            one["value"] = shown[one["id"]]
        regions, graphs = _ids(page, "region"), _ids(page, "graph")
        body["outputs"][0] = [{"id": one, "property": "children"} for one in regions]
        body["outputs"][1] = [{"id": one, "property": "figure"} for one in graphs]
        body["changedPropIds"] = ["live.data"]
        answer = self._client.post(ENDPOINT, json=body)
        assert answer.status_code in (200, 204), answer.text
        return answer.json["response"] if answer.status_code == 200 else None

    def _call(self, part: str) -> dict[str, Any]:
        [(name, callback)] = [
            (name, one) for name, one in self._app.callback_map.items() if "callback" in one and part in name
        ]
        return call_of(name, callback)


def _props(page: Any, component_id: str) -> dict[str, Any]:
    props: dict[str, Any] = named(page, component_id)["props"]
    return props


def _ids(page: Any, kind: str) -> list[dict[str, str]]:
    ids = [one["props"].get("id") for one in nodes(page)]
    return [one for one in ids if isinstance(one, dict) and one["type"] == kind]


@pytest.fixture(scope="package")
def site(emulator: str, aws_clients: Any) -> Iterator[Site]:
    """A past that no test changes."""
    with fresh_aws(emulator, *aws_clients) as aws:
        yield Site(aws)


@pytest.fixture(scope="package")
def browser(site: Site) -> Browser:
    """A browser at the application on it."""
    return Browser(site.app())


@pytest.fixture(scope="package")
def visit(browser: Browser) -> Callable[[str], Any]:
    """`visit("/clusters/mira")`: the page's component tree."""
    return browser.visit
