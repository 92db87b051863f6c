"""Who may send: signatures, secrets and API keys, from headers and raw bytes alone. Fails closed. Pure.

One valid credential is enough, but a signature that is there has to be right: it is the only proof about the body,
and a password beside it says nothing about what was changed on the way. Secrets are compared as digests of one
length, over all that live and without early exit, so that the time taken tells nothing.
"""

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from data import api_key_models
from data.api_key_models import ApiKey, KeyScope
from data.errors import Forbidden, Unauthorized
from data.instants import to_instant
from data.intake_secrets import IntakeSecret
from ingest.admission import Admission

SECRET_HEADER = "X-Webhook-Secret"
GITLAB_HEADER = "X-Gitlab-Token"
GITHUB_SIGNATURE = "X-Hub-Signature-256"
STANDARD_SIGNATURE = "webhook-signature"
STANDARD_PREFIX = "whsec_"
TOLERANCE_SECONDS = 300
MAX_SIGNATURES = 20
TIMESTAMP = re.compile(r"[1-9][0-9]{0,12}", re.ASCII)
HEX_SIGNATURE = re.compile(r"sha256=[0-9a-fA-F]{64}", re.ASCII)
MISSING = f"a signature, {SECRET_HEADER}, {GITLAB_HEADER} or Authorization must prove a valid secret or key"

Keys = Callable[[str], ApiKey | None]
Candidates = Iterable[tuple[bytes, IntakeSecret]]


def admit(
    headers: Mapping[str, str], raw: bytes, secrets: Sequence[IntakeSecret], keys: Keys, now: datetime
) -> Admission:
    """Who sends. Unauthorized without a valid credential; Forbidden where a genuine key is not for sending."""
    live = [secret for secret in secrets if secret.lives(now)]
    signed = [
        check(headers, raw, live, now)
        for header, check in ((GITHUB_SIGNATURE, _signed_github), (STANDARD_SIGNATURE, _signed_standard))
        if header in headers
    ]
    if signed:
        return signed[0]
    for text in _offered(headers):
        if (admission := _by_secret(text, live) or _by_key(text, keys, now)) is not None:
            return admission
    raise Unauthorized(MISSING)


def _signed_github(headers: Mapping[str, str], raw: bytes, live: Sequence[IntakeSecret], now: datetime) -> Admission:
    """`sha256=` and the HMAC of the raw body in hex. It carries no time: a repetition is known by its delivery id."""
    given = headers[GITHUB_SIGNATURE]
    candidates = ((_hex_signature(secret, raw), secret) for secret in live)
    found = _matching(_wire(given.lower()), candidates)
    if HEX_SIGNATURE.fullmatch(given) is None or found is None:
        raise Unauthorized(f"{GITHUB_SIGNATURE} is not the signature of this body by a valid secret")
    return _admission(found)


def _hex_signature(secret: IntakeSecret, raw: bytes) -> bytes:
    return b"sha256=" + hmac.digest(secret.value.encode(), raw, hashlib.sha256).hex().encode()


def _signed_standard(
    headers: Mapping[str, str], raw: bytes, live: Sequence[IntakeSecret], now: datetime
) -> Admission:
    """Standard Webhooks: `v1,` and the HMAC of id, time and body in base64; several, while secrets are changed."""
    moment = headers.get("webhook-timestamp", "")
    signed = _wire(f"{headers.get('webhook-id', '')}.{moment}.") + raw
    candidates = [
        (b"v1," + base64.b64encode(hmac.digest(key, signed, hashlib.sha256)), secret)
        for secret in live
        for key in standard_keys(secret.value)
    ]
    found: IntakeSecret | None = None
    for given in headers[STANDARD_SIGNATURE].split(" ")[:MAX_SIGNATURES]:
        found = _matching(_wire(given), candidates) or found
    if not headers.get("webhook-id") or not TIMESTAMP.fullmatch(moment) or found is None:
        raise Unauthorized(f"{STANDARD_SIGNATURE} is not the signature of this delivery by a valid secret")
    if abs(now.timestamp() - int(moment)) > TOLERANCE_SECONDS:
        raise Unauthorized(f"webhook-timestamp is more than {TOLERANCE_SECONDS // 60} minutes off")
    return _admission(found)


def standard_keys(value: str) -> list[bytes]:
    """The keys a secret may stand for: `whsec_` announces base64; without it senders use the text or its base64."""
    decoded = decoded_key(value.removeprefix(STANDARD_PREFIX))
    if value.startswith(STANDARD_PREFIX):
        return [decoded] if decoded else []
    return [value.encode(), decoded] if decoded else [value.encode()]


def decoded_key(text: str) -> bytes | None:
    """The bytes behind base64, padded or not; None where it is none."""
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except (binascii.Error, ValueError):
        return None


def _offered(headers: Mapping[str, str]) -> Iterator[bytes]:
    """Secrets and keys as text, wherever senders can put one."""
    yield from (_wire(headers[name]) for name in (SECRET_HEADER, GITLAB_HEADER) if headers.get(name))
    scheme, _, credentials = headers.get("Authorization", "").partition(" ")
    read = SCHEMES.get(scheme.lower())
    if read is not None and (text := read(credentials.strip())):
        yield text


def _password(credentials: str) -> bytes:
    """The password of HTTP Basic: some senders can put a secret nowhere else. The user's name may be anything."""
    return (decoded_key(credentials) or b"").partition(b":")[2]


def _by_secret(given: bytes, live: Sequence[IntakeSecret]) -> Admission | None:
    found = _matching(given, ((secret.value.encode(), secret) for secret in live))
    return None if found is None else _admission(found)


def _by_key(given: bytes, keys: Keys, now: datetime) -> Admission | None:
    """By API key: found by its id, which is no secret, and compared by the digest of the whole."""
    text = given.decode("latin-1")
    key_id = api_key_models.id_in(text)
    key = keys(key_id) if key_id is not None else None
    if key is None or not hmac.compare_digest(api_key_models.digest_of(text).encode(), key.digest.encode()):
        return None
    if not key.lives(to_instant(now)):
        return None
    if KeyScope.INGEST not in key.scopes:
        raise Forbidden("this key is not for sending: it lacks the scope ingest")
    sources = None if key.source is None else frozenset({key.source})
    return Admission(f"key {key.key_id}", sources, key.clusters, key.services)


def _matching(given: bytes, candidates: Candidates) -> IntakeSecret | None:
    """The secret behind the candidate that equals what was given; every candidate is compared."""
    offered, found = _digest(given), None
    for expected, secret in candidates:
        if hmac.compare_digest(_digest(expected), offered):
            found = found or secret
    return found


def _admission(secret: IntakeSecret) -> Admission:
    return Admission(secret.name, secret.sources)


def _wire(text: str) -> bytes:
    """Header text is Latin-1 for the bytes that came over the wire."""
    return text.encode("latin-1", "replace")


def _digest(value: bytes) -> bytes:
    return hashlib.sha256(value).digest()


SCHEMES: dict[str, Callable[[str], bytes]] = {"bearer": _wire, "basic": _password}
