"""Every list leads to its file, and the file answers with what the list shows."""

from typing import Any, cast
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.api.conftest import Site
from tests.api.reading_csv import rows
from tests.read_model import MIRA
from tests.reading import hrefs, nodes, words

THEN = "2026-02-22T10:05Z"
LISTS = [
    f"/clusters/{MIRA}", f"/clusters/{MIRA}?status=FAILED", f"/clusters/{MIRA}?status=CANCELLED",
    f"/clusters/{MIRA}?service=authn&trigger=merge", f"/clusters/{MIRA}?asof={THEN}",
    f"/clusters/{MIRA}?from=2026-02-20&to=2026-02-22", "/services/authn", f"/services/authn?cluster={MIRA}",
    "/services/billing?stage=Production", f"/services/authn?asof={THEN}", "/analytics?rows=1&range=30d",
    "/analytics?status=SUCCESS&service=authn", f"/analytics?day=2026-02-22&cluster={MIRA}", "/analytics?last=24h",
]  # fmt: skip
PAGES = ["/", "/services", "/promotions", "/scorecard", "/analytics?range=7d", "/?type=Production&q=bill", *LISTS]


@pytest.fixture(scope="module")
def client(site: Site) -> FlaskClient:
    """Who follows the links."""
    return cast(Flask, site.app().server).test_client()


def files(page: Any) -> list[str]:
    """The addresses of a page's files."""
    return [href for href in hrefs(page) if href.startswith("/api/exports/")]


def attempts_panel(page: Any) -> Any:
    """The panel with the list: a timeline above it has a file of its own."""
    [found] = [
        one for one in nodes(page, "Section")
        if any(words(title) == "Attempts" for title in nodes(one, "H2"))
    ]  # fmt: skip
    return found


@pytest.mark.parametrize("address", PAGES)
def test_every_file_a_page_leads_to_is_there(visit, client, address):
    page = visit(address)
    found = files(page)
    assert found
    for href in found:
        assert rows(client.get(href)) is not None
        links = [one["props"] for one in nodes(page, "A") if one["props"].get("href") == href]
        assert {link["download"] for link in links} == {""}


@pytest.mark.parametrize("address", LISTS)
def test_the_file_of_a_list_of_attempts_has_its_rows(visit, client, address):
    page = visit(address)
    panel = attempts_panel(page)
    [table] = [one for one in nodes(panel, "Table") if words(one).startswith("Attempts, newest first")]
    builds = [href for row in list(nodes(table, "Tr"))[1:] for href in list(hrefs(row))[:1]]
    [file] = [href for href in files(panel) if href.startswith("/api/exports/attempts.csv")]
    listed = [unquote(urlsplit(href).path.removeprefix("/builds/")) for href in builds]
    assert [one["id"] for one in rows(client.get(file))] == listed


def test_without_rows_there_is_no_file(visit):
    page = visit(f"/clusters/{MIRA}?status=ROLLBACK")
    assert files(attempts_panel(page)) == []


def test_a_file_of_a_page_that_looks_back_is_of_then_and_as_it_was_known(visit):
    [file] = files(visit("/?asof=2026-02-22T09:00Z&known=2026-02-24T12:00Z"))
    asked = parse_qs(urlsplit(file).query)
    assert asked == {"asOf": ["2026-02-22T09:00:00.000Z"], "knownAt": ["2026-02-24T12:00:00.000Z"]}
    assert "asOf" not in files(visit("/"))[0]
