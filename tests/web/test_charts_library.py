"""The charts' library: ours at Dash's address, compressed once, and not sent again where it is known."""

import gzip
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from web import charts_library, compression
from web.charts_library import ADDRESS, WITH_CHARTS
from web.headers import A_YEAR

ASSETS = Path(__file__).resolve().parents[2] / "assets"


@pytest.fixture
def client() -> FlaskClient:
    """A server with nothing else."""
    server = Flask("library")
    compression.install(server)
    charts_library.install(server, charts_library.bundle(ASSETS))
    return server.test_client()


def test_it_is_the_basic_bundle_and_what_paints_charts(client):
    text = client.get(ADDRESS).text
    assert "(basic - minified)" in text[:300]
    assert (ASSETS / "2-charts.js").read_text() in text


def test_who_has_it_is_not_sent_it_again(client):
    first = client.get(ADDRESS, headers={"Accept-Encoding": "gzip"})
    assert first.headers["Cache-Control"] == "no-cache"
    assert len(first.data) < len(gzip.decompress(first.data)) / 2
    again = client.get(ADDRESS, headers={"If-None-Match": first.headers["ETag"], "Accept-Encoding": "gzip"})
    assert (again.status_code, again.data) == (304, b"")


def test_named_by_its_content_it_is_kept_for_good_and_by_another_name_asked_for_again(client):
    library = charts_library.bundle(ASSETS)
    assert client.get(library.address).headers["Cache-Control"] == A_YEAR
    assert client.get(f"{library.path}?m=0123456789abcdef").headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize("path", ["/analytics", "/delivery", "/promotions", "/clusters/mira", "/services/authn"])
def test_pages_with_charts_name_it_in_their_index(path):
    assert WITH_CHARTS.fullmatch(path)


@pytest.mark.parametrize("path", ["/", "/clusters", "/services", "/builds/a", "/scorecard", "/ingest"])
def test_other_pages_do_not(path):
    assert not WITH_CHARTS.fullmatch(path)
