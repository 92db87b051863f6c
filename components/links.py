"""Every address the screens lead to, in one place, and the only door for addresses that came from outside."""

from urllib.parse import quote, urlencode, urlsplit

from components.tags import Children, Node, el, hidden, icon

Query = dict[str, str | None]


def _address(path: str, query: Query | None, anchor: str = "") -> str:
    given = {name: value for name, value in (query or {}).items() if value}
    return path + (f"?{urlencode(given)}" if given else "") + (f"#{anchor}" if anchor else "")


def cluster_path(cluster_id: str, query: Query | None = None, anchor: str = "") -> str:
    """A cluster-region's page."""
    return _address(f"/clusters/{quote(cluster_id, safe='')}", query, anchor)


def service_path(service_id: str, query: Query | None = None, anchor: str = "") -> str:
    """A service's page."""
    return _address(f"/services/{quote(service_id, safe='')}", query, anchor)


def build_path(attempt_id: str) -> str:
    """An attempt's page."""
    return f"/builds/{quote(attempt_id, safe='')}"


def analytics_path(query: Query | None = None, anchor: str = "") -> str:
    """The analytics page."""
    return _address("/analytics", query, anchor)


def page_path(path: str, query: Query | None = None, anchor: str = "") -> str:
    """Any other page of ours."""
    return _address(path, query, anchor)


def pair_path(cluster_id: str, service_id: str) -> str:
    """The attempts of one service on one cluster-region."""
    return service_path(service_id, {"cluster": cluster_id}, "attempts")


def link(text: Children, href: str, cls: str = "", title: str | None = None) -> Node:
    """A link to a page of ours; `assets/3-live.js` turns it without reloading."""
    return el("A", text, href=href, cls=cls, title=title)


def safe_url(url: str | None) -> str | None:
    """The address if it is plain http(s) with a host, else None: senders choose these texts."""
    if not url or any(ord(char) <= 32 or char in "\\\x7f" for char in url):
        return None
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        return None
    if parts.scheme.lower() not in ("http", "https") or not host or parts.username or parts.password:
        return None
    return url


def commit_url(repository: str, sha: str | None) -> str | None:
    """A commit's page at where the catalog says the code is; None where either is not known."""
    base = safe_url(repository)
    return f"{base.rstrip('/').removesuffix('.git')}/commit/{quote(sha, safe='')}" if base and sha else None


def safe_link(text: str, url: str | None, cls: str = "") -> Node | None:
    """A link out of the dashboard; None where the address cannot be trusted."""
    checked = safe_url(url)
    if checked is None:
        return None
    return el(
        "A", text, icon("box-arrow-up-right", "out"), hidden(" (leaves the dashboard)"),
        href=checked, rel="noopener noreferrer", cls=cls,
    )  # fmt: skip
