"""The security headers of every answer, errors and static files included.

Added below Flask, where an answer is a list of pairs: a dozen header objects would cost as much as the answer.
"""

from collections.abc import Callable, Sequence

Header = tuple[str, str]

SECURITY: tuple[Header, ...] = (
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    ("Referrer-Policy", "same-origin"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
)
POLICY = "Content-Security-Policy"
HSTS: Header = ("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
A_YEAR = "public, max-age=31536000, immutable"
ASSETS, SUITES = "/assets/", "/_dash-component-suites/"
A_DAY = "public, max-age=86400"
A_WHILE = "public, max-age=300"
FETCHED_AHEAD = "/_dash-component-suites/dash/dcc/async-graph.js"  # for the page with charts that is gone on to
SELDOM_CHANGED = ("/assets/fonts/", "/assets/favicon.svg")  # asked for without a time of change


def content_security_policy(script_hashes: Sequence[str]) -> str:
    """Scripts: our own files, and the inline ones Dash writes, by hash. plotly and dcc need inline styles."""
    return "; ".join((
        "default-src 'self'",
        " ".join(("script-src 'self'", *script_hashes)),
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "connect-src 'self'",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    ))  # fmt: skip


class Headers:
    """What to add to each answer. The scripts' hashes are asked for the first one: Dash has them no sooner."""

    def __init__(self, script_hashes: Callable[[], Sequence[str]]) -> None:
        self._script_hashes = script_hashes
        self._policy = ""

    def added(self, headers: Sequence[Header], path: str, query: str, *, ok: bool, https: bool) -> list[Header]:
        """`headers` with ours; what the answer says itself is left as it is."""
        self._policy = self._policy or content_security_policy(self._script_hashes())
        said = {name.lower() for name, _ in headers}
        more = [one for one in ((POLICY, self._policy), *SECURITY) if one[0].lower() not in said]
        if https:
            more.append(HSTS)
        if path.startswith(ASSETS):
            return [*_without_caching(headers), *more, *_of_asset(headers, path, query, ok)]
        if path == FETCHED_AHEAD and ok:
            return [*_without_caching(headers), *more, ("Cache-Control", A_WHILE)]
        if "cache-control" not in said and not path.startswith(SUITES):
            more.append(("Cache-Control", "no-store"))  # pages and callbacks hold live data
        return [*headers, *more]


def _without_caching(headers: Sequence[Header]) -> list[Header]:
    return [one for one in headers if one[0].lower() != "cache-control"]


def _of_asset(headers: Sequence[Header], path: str, query: str, ok: bool) -> list[Header]:
    """A file asked for by its time of change may be kept, a font for a day; the others as Flask said."""
    if ok and query.startswith("m="):
        return [("Cache-Control", A_YEAR)]
    if ok and path.startswith(SELDOM_CHANGED):
        return [("Cache-Control", A_DAY)]
    return [one for one in headers if one[0].lower() == "cache-control"]
