"""One POST to an address that an operator set: over TLS, to the very host that was looked at, and no further.

Redirects are not followed and no proxy is asked. Addresses that no receiver has (link-local ones, where clouds keep
their credentials, multicast, unspecified ones) are refused after the name is resolved, so that no name leads there.
"""

import http.client
import ipaddress
import socket
import ssl
from urllib.parse import urlsplit

from data.alert_channels import is_loopback, refused
from ingest.alert_words import Letter

TIMEOUT_SECONDS = 10.0
MOST_ANSWER = 300  # bytes of it, for the reason


class NotPosted(Exception):
    """Why it did not arrive: a sentence without the address, which may be a secret."""


def post(url: str, letter: Letter, timeout: float = TIMEOUT_SECONDS) -> None:
    """Post it; NotPosted unless the answer is 2xx."""
    if why := refused(url):
        raise NotPosted(f"the address {why}")
    parts = urlsplit(url)
    host, tls = parts.hostname or "", parts.scheme == "https"
    port = parts.port or (443 if tls else 80)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        connection = _Pinned(host, port, _resolved(host, port), tls=tls, timeout=timeout)
        try:
            connection.request("POST", path, letter.body, dict(letter.headers))
            answer = connection.getresponse()
            said = answer.read(MOST_ANSWER)
        finally:
            connection.close()
    except (OSError, http.client.HTTPException) as error:
        raise NotPosted(f"{type(error).__name__}: {_sentence(error)}") from error
    if not 200 <= answer.status < 300:
        words = said.decode("utf-8", "replace").strip()
        raise NotPosted(f"answered {answer.status}" + (f": {words[:200]}" if words else ""))


class _Pinned(http.client.HTTPConnection):
    """A connection to the address a name was resolved to, with the name's certificate."""

    def __init__(self, host: str, port: int, address: str, *, tls: bool, timeout: float) -> None:
        super().__init__(host, port, timeout=timeout)
        self._address = address
        self._tls = tls
        if tls:
            self.default_port = 443

    def connect(self) -> None:
        plain = socket.create_connection((self._address, self.port), self.timeout)
        if not self._tls:
            self.sock = plain
            return
        try:
            self.sock = ssl.create_default_context().wrap_socket(plain, server_hostname=self.host)
        except OSError:
            plain.close()
            raise


def _resolved(host: str, port: int) -> str:
    """The first address of a name; NotPosted where it is one that nobody may be told at."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    address = str(found[0][4][0])
    at = ipaddress.ip_address(address.partition("%")[0])
    if at.is_link_local or at.is_multicast or at.is_unspecified or (at.is_loopback and not is_loopback(host)):
        raise NotPosted("the name leads to an address that is not allowed")
    return address


def _sentence(error: Exception) -> str:
    return (getattr(error, "strerror", None) or str(error) or "no reason given")[:200]
