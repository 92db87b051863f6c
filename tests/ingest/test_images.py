"""Image references: their parts, the version they name, and which of several is meant."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest import images

DIGEST = "sha256:" + "0123456789ab" + "c" * 52


@pytest.mark.parametrize(
    ("reference", "repository", "tag", "version"),
    [
        ("registry.acme.example/identity/authn:3.4.2", "registry.acme.example/identity/authn", "3.4.2", "3.4.2"),
        ("localhost:5000/authn", "localhost:5000/authn", None, None),
        ("localhost:5000/authn:v2", "localhost:5000/authn", "v2", "v2"),
        ("acme/authn:latest", "acme/authn", "latest", None),
        (f"acme/authn@{DIGEST}", "acme/authn", None, "sha256-0123456789ab"),
        (f"acme/authn:stable@{DIGEST}", "acme/authn", "stable", "sha256-0123456789ab"),
        (f"acme/authn:1.0@{DIGEST}", "acme/authn", "1.0", "1.0"),
        ("acme/authn:_odd", "acme/authn", "_odd", None),
    ],
)
def test_a_reference_has_a_repository_and_may_name_a_version(
    reference: str, repository: str, tag: str | None, version: str | None
):
    image = images.parsed(reference)
    assert image is not None
    assert (image.reference, image.repository, image.tag, image.version) == (reference, repository, tag, version)


@pytest.mark.parametrize("reference", ["", ":1.0", "a b", "acme/authn:", "acme/authn@sha256:12", None, 7, ["a"]])
def test_what_is_no_reference_is_none(reference: object):
    assert images.parsed(reference) is None


@given(st.text(alphabet="ab1:/@.-_", max_size=600) | st.text())
def test_no_text_breaks_it_or_takes_long(text: str):
    image = images.parsed(text)
    assert image is None or image.reference == text


RUNNING = images.all_of(["acme/proxy:1", "acme/authn:2", "acme/authn:1", "acme/authn-worker:9", 7])


@pytest.mark.parametrize(
    ("wanted", "names", "references"),
    [
        (None, ["authn"], ["acme/authn:1", "acme/authn:2"]),
        (None, ["authn-mira"], ["acme/authn:1", "acme/authn:2"]),
        (None, ["prod-proxy"], ["acme/proxy:1"]),
        (None, ["billing"], ["acme/authn-worker:9"]),
        ("proxy", ["authn"], ["acme/proxy:1"]),
        ("acme/proxy", [], ["acme/proxy:1"]),
        ("other/proxy", ["authn"], []),
    ],
)
def test_the_image_that_is_meant_is_wanted_or_named_alike_or_the_first(
    wanted: str | None, names: list[str], references: list[str]
):
    assert [one.reference for one in images.chosen(RUNNING, wanted, names)] == references
