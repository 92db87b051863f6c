"""The security headers of every answer, errors and static files included."""

from collections.abc import Callable, Sequence

from flask import Flask, Response, request

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
HSTS = "max-age=31536000; includeSubDomains"
A_YEAR = "public, max-age=31536000, immutable"


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


def install(server: Flask, script_hashes: Callable[[], Sequence[str]]) -> None:
    """Add the headers to every answer; hashes are asked at the first one, when Dash has its scripts."""
    policy: list[str] = []

    @server.after_request
    def add_headers(response: Response) -> Response:
        if not policy:
            policy.append(content_security_policy(script_hashes()))
        headers = response.headers
        headers.setdefault("Content-Security-Policy", policy[0])
        for name, value in HEADERS.items():
            headers.setdefault(name, value)
        if request.is_secure or request.headers.get("X-Forwarded-Proto") == "https":
            headers.setdefault("Strict-Transport-Security", HSTS)
        _set_caching(response)
        return response


def _set_caching(response: Response) -> None:
    """Files named by their content may be kept; pages and callbacks hold live data and may not."""
    if request.path.startswith("/assets/"):
        if "m" in request.args and response.status_code == 200:
            response.headers["Cache-Control"] = A_YEAR
    elif not request.path.startswith("/_dash-component-suites/") and "Cache-Control" not in response.headers:
        response.headers["Cache-Control"] = "no-store"
