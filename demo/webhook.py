"""Sends envelopes to the dashboard's real webhook over HTTP, and says in one word what came of it."""

import json
import urllib.error
import urllib.request
from enum import Enum
from http.client import HTTPException
from typing import Any, NamedTuple

from demo.visits import Visit

TIMEOUT = 5.0
LONGEST_WAIT = 30.0
# The body is wrong and stays wrong; anything else may be mended while we wait.
HOPELESS = frozenset({400, 404, 405, 413, 415, 422})


class Outcome(Enum):
    """What came of sending."""

    TAKEN = "taken"
    REFUSED = "refused"  # this envelope will never be taken
    AWAY = "away"  # try again later


class Answer(NamedTuple):
    """The outcome, why, and how long the server asks us to wait."""

    outcome: Outcome
    why: str = ""
    retry_after: float | None = None


class Webhook:
    """One webhook and the secret it wants."""

    def __init__(self, url: str, secret: str, timeout: float = TIMEOUT) -> None:
        self._url = url
        self._secret = secret
        self._timeout = timeout
        # The dashboard is on this machine: a proxy of the environment has no part in it.
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def send(self, envelope: dict[str, Any]) -> Answer:
        """POST the envelope; never raises for what a server or a network may do."""
        headers = {"Content-Type": "application/json", "X-Webhook-Secret": self._secret}
        return self._post(self._url, json.dumps(envelope).encode(), headers)

    def visit(self, visit: Visit) -> Answer:
        """POST a delivery as its own sender would."""
        ingest = self._url.removesuffix("/webhook")
        return self._post(ingest + visit.path, visit.body, visit.signed_with(self._secret))

    def _post(self, url: str, body: bytes, headers: dict[str, str]) -> Answer:
        request = urllib.request.Request(url, data=body, headers=headers, method="POST")
        try:
            with self._opener.open(request, timeout=self._timeout):
                return Answer(Outcome.TAKEN)
        except urllib.error.HTTPError as error:
            with error:
                why = f"{error.code} {error.read(300).decode(errors='replace')}".strip()
                if error.code in HOPELESS:
                    return Answer(Outcome.REFUSED, why)
                return Answer(Outcome.AWAY, why, _seconds(error.headers.get("Retry-After")))
        except (OSError, HTTPException) as error:  # refused, reset, timed out; or an answer that is no HTTP
            return Answer(Outcome.AWAY, str(error))


def _seconds(text: str | None) -> float | None:
    return min(float(text), LONGEST_WAIT) if text and text.isascii() and text.isdigit() else None
