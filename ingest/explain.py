"""What would become of a delivery, told on the command line; nothing is sent and nothing stored.

`python -m ingest.explain FILE [--header 'Name: value']… [--sender NAME] [--param name=value]… [--catalog FILE]`.
Credentials are checked against the secrets of the environment; API keys are known to the server alone.
"""

import argparse
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from data.catalog_file import CatalogFileError, read_catalog_file
from data.catalog_models import Catalog
from data.errors import InvalidRequest, Unavailable
from data.instants import from_instant, parse_instant
from ingest.credentials import GITHUB_SIGNATURE, GITLAB_HEADER, SECRET_HEADER, STANDARD_SIGNATURE
from ingest.explaining import CredentialWord, Explanation, examine, pretty
from ingest.headers import Headers
from ingest.lab import headers_of
from ingest.taking import Incoming
from ingest.verdicts import DeliveryVerdict

if TYPE_CHECKING:
    from settings import Settings

MAX_BYTES = 10 * 1024 * 1024  # of the largest that any address takes
STDIN = Path("-")
PROOFS = (SECRET_HEADER, GITLAB_HEADER, GITHUB_SIGNATURE, STANDARD_SIGNATURE, "Authorization")
NOTHING_GIVEN = CredentialWord(None, "none given; the server answers 401 without one")
NOTHING_KNOWN = CredentialWord(None, "not checked: no secret is set in this environment")


def told(said: Explanation) -> Iterator[str]:
    """The explanation, line by line."""
    yield f"sender      {said.sender or 'not recognised'}"
    yield f"source      {said.source or 'not known'}"
    yield f"credential  {said.credential.sentence}"
    yield f"verdict     {said.verdict.value}" + (f": {said.reason}" if said.reason else "")
    if said.detail:
        yield f"            {f'{said.field}: ' if said.field else ''}{said.detail}"
    yield from (f"via         {line}" for line in said.via)
    for place, one in enumerate(said.events, 1):
        body = one.as_json()
        yield f"event {place:<5} {body['eventType']} {body['eventId']}"
        yield from (f"  via       {line}" for line in one.via)
        yield from (f"  {line}" for line in pretty(body["payload"]).splitlines())
    if said.unknown_fields:
        yield f"not known   {', '.join(said.unknown_fields)}"


def delivery(raw: bytes, headers: Sequence[str], sender: str | None, params: Sequence[str]) -> Incoming:
    """The delivery as it would come; a content type that is not given is told by the first letter of the body."""
    given: dict[str, str] = dict(headers_of("\n".join(headers)))
    kind = "application/xml" if raw.lstrip().startswith(b"<") else "application/json"
    return Incoming(raw, Headers(({"content-type": kind} | given).items()), sender, dict(map(_pair, params)))


def explained(incoming: Incoming, catalog: Catalog, now: datetime, settings: "Settings") -> Explanation:
    """What the server would say, as far as it can be told without the server."""
    secrets = settings.intake_secrets()
    said = examine(incoming, now, catalog, secrets, _no_keys, settings.retention_days)
    if not any(incoming.headers.get(name) for name in PROOFS):
        return replace(said, credential=NOTHING_GIVEN)
    return said if secrets else replace(said, credential=NOTHING_KNOWN)


def refused(said: Explanation) -> bool:
    """Whether the server would answer 4xx: to the body, or to a credential that was given and does not hold."""
    return said.verdict is DeliveryVerdict.REJECTED or said.credential.valid is False


def _no_keys(key_id: str) -> NoReturn:
    raise Unavailable("API keys are known to the server alone")


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise InvalidRequest(f"must read name=value, not {text[:60]!r}", "--param")
    return name, value


def _read(path: Path) -> bytes:
    raw = sys.stdin.buffer.read(MAX_BYTES + 1) if path == STDIN else path.read_bytes()
    if len(raw) > MAX_BYTES:
        raise InvalidRequest(f"is larger than {MAX_BYTES:,} bytes; no address takes that", str(path))
    return raw


def _asked(arguments: Sequence[str] | None) -> Any:
    parser = argparse.ArgumentParser(
        prog="python -m ingest.explain", description="Say what would become of a delivery; store nothing."
    )
    parser.add_argument("file", type=Path, help="the body as it was sent; - reads it from standard input")
    parser.add_argument("--header", action="append", default=[], metavar="'Name: value'", help="may be repeated")
    parser.add_argument("--sender", help="the sender its address names, as in /api/ingest/webhook/<sender>")
    parser.add_argument("--param", action="append", default=[], metavar="name=value", help="a query parameter")
    parser.add_argument("--catalog", type=Path, help="default: CATALOG_FILE, else catalog.yaml")
    parser.add_argument("--at", type=parse_instant, metavar="TIME", help="when it came (default: now)")
    parser.add_argument("--json", action="store_true", help="say it in the words of the API")
    return parser.parse_args(arguments)


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit 0 where it is accepted or ignored, 1 where it is refused, 2 where the question is wrong."""
    from settings import Settings, SettingsError

    asked = _asked(arguments)
    now = from_instant(asked.at) if asked.at else datetime.now(UTC)
    try:
        settings = Settings.from_env()
        catalog = read_catalog_file(asked.catalog or settings.catalog_file)
        incoming = delivery(_read(asked.file), asked.header, asked.sender, asked.param)
    except (SettingsError, CatalogFileError, InvalidRequest, OSError) as error:
        print(error, file=sys.stderr)
        return 2
    said = explained(incoming, catalog, now, settings)
    print(pretty(said.as_json()) if asked.json else "\n".join(told(said)))
    return 1 if refused(said) else 0


if __name__ == "__main__":
    sys.exit(main())
