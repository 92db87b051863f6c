"""Badges: what serves and how it does, as a picture that is text too, and no picture of what one may not see."""

import xml.etree.ElementTree as ET

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from api.badge_svg import FILLS, HEIGHT, Badge, svg
from data.models import Scope
from tests.api.conftest import Site
from tests.read_model import AQUILA, MIRA, PAVO

SVG = "{http://www.w3.org/2000/svg}"


def name_of(picture: str) -> str | None:
    return ET.fromstring(picture).findtext(f"{SVG}title")


def test_a_badge_says_the_version_that_serves_and_its_health_in_words(client: FlaskClient) -> None:
    answer = client.get(f"/api/badges/authn/{MIRA}.svg")
    assert (answer.status_code, answer.mimetype) == (200, "image/svg+xml")
    assert name_of(answer.text) == "Authentication on Mira: 3.4.2 · needs attention"
    assert FILLS["attention"] in answer.text
    billing = client.get(f"/api/badges/billing/{MIRA}.svg")
    assert name_of(billing.text) == "Billing on Mira: 1.0.0 · healthy"
    nothing = client.get(f"/api/badges/authn/{PAVO}.svg")
    assert name_of(nothing.text) == "Authentication on Pavo: nothing serves · needs attention"


def test_a_badge_is_kept_for_a_minute_and_not_sent_again_where_it_is_known(client: FlaskClient) -> None:
    first = client.get(f"/api/badges/authn/{MIRA}.svg")
    assert first.headers["Cache-Control"] == "private, max-age=60"
    again = client.get(f"/api/badges/authn/{MIRA}.svg", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


@pytest.mark.parametrize("path", [f"nobody/{MIRA}", "authn/nowhere", f"authn/{AQUILA}", "%3Cscript%3E/a"])
def test_what_is_not_there_is_a_grey_badge_with_404(client: FlaskClient, path: str) -> None:
    answer = client.get(f"/api/badges/{path}.svg")
    assert answer.status_code == 404
    assert (name_of(answer.text) or "").endswith(": unknown")
    assert FILLS["unknown"] in answer.text
    assert "<script" not in answer.text


def test_a_badge_outside_one_s_scope_is_as_unknown_as_one_that_is_not_there(site: Site) -> None:
    narrowed = site.app(scope=Scope(services=frozenset({"billing"}))).server.test_client()
    answer = narrowed.get(f"/api/badges/authn/{MIRA}.svg")
    assert answer.status_code == 404
    assert "3.4.2" not in answer.text


@given(st.text(max_size=200), st.text(max_size=200))
def test_any_words_make_a_well_formed_picture_of_bounded_size(label: str, message: str) -> None:
    picture = ET.fromstring(svg(Badge(label, message, "healthy")))
    assert picture.attrib["height"] == str(HEIGHT)
    assert float(picture.attrib["width"]) < 1300
    assert [child.tag for child in picture.iter(f"{SVG}script")] == []
