"""Addresses: ours are well formed whatever the ids, foreign ones are links only where they are safe."""

import pytest

from components import links
from tests.reading import words

SAFE = [
    "https://ci.example.com/run/1",
    "http://ci.example.com:8080/run?id=1#top",
    "HTTPS://CI.EXAMPLE.COM/",
    "https://[2001:db8::1]/run",
]
UNSAFE = [
    "javascript:alert(1)", "JaVaScRiPt:alert(1)", " javascript:alert(1)", "java\tscript:alert(1)",
    "\x01javascript:alert(1)", "data:text/html,<script>alert(1)</script>", "vbscript:msgbox(1)",
    "blob:https://example.com/1", "file:///etc/passwd", "ftp://example.com/x", "//evil.example.com/x",
    "/relative", "relative", "https:", "https://", "https:///path", "http:example.com",
    "https://user:secret@example.com/", "https://user@example.com/", "https://exa mple.com/",
    "https://example.com/\nSet-Cookie: a=b", "https:\\\\example.com", "https://example.com\\@evil.example.com",
    "https://[broken/", "", None, "mailto:a@example.com",
]  # fmt: skip


@pytest.mark.parametrize("url", SAFE)
def test_an_http_address_with_a_host_is_a_link(url):
    link = links.safe_link("Run", url)
    assert link is not None
    assert link["props"]["href"] == url
    assert "noopener" in link["props"]["rel"]
    assert "leaves the dashboard" in words(link)


@pytest.mark.parametrize("url", UNSAFE)
def test_anything_else_is_no_link(url):
    assert links.safe_link("Run", url) is None


def test_ids_are_quoted_in_paths():
    assert links.build_path("mira:authn:1.0+b/2:7") == "/builds/mira%3Aauthn%3A1.0%2Bb%2F2%3A7"
    assert links.cluster_path("a/../b?x=1#y") == "/clusters/a%2F..%2Fb%3Fx%3D1%23y"


def test_an_address_leaves_out_what_is_not_asked():
    assert links.service_path("authn", {"cluster": None, "status": "FAILED"}, "attempts") == (
        "/services/authn?status=FAILED#attempts"
    )
    assert links.analytics_path({"service": None}) == "/analytics"
