"""Credentials: every scheme by its published or computed vector, two secrets at once, and time tells nothing."""

import ast
import base64
import hashlib
import hmac
import inspect
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from werkzeug.datastructures import Headers

from data.api_key_models import ApiKey, KeyScope
from data.api_keys import made
from data.errors import Forbidden, Unauthorized
from data.instants import to_instant
from data.intake_secrets import IntakeSecret
from ingest import credentials
from ingest.admission import Admission

NOW = datetime(2026, 2, 24, 12, 0, tzinfo=UTC)
OLD, NEW = "old-secret-0123456789-abcdef", "new-secret-0123456789-äöü"
BODY = b'{"any": "body"}'
GITHUB_SECRET, GITHUB_BODY = "It's a Secret to Everybody", b"Hello, World!"
GITHUB_VECTOR = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"
WHSEC = "whsec_" + base64.b64encode(bytes(range(32))).decode()
# HMAC-SHA256 of `msg_2a.1771934400.{"any": "body"}` under the bytes 0 to 31, by `openssl dgst -sha256 -mac HMAC`
STANDARD_VECTOR = "v1,uYEgitp8m2RikwV8aF+yJENOMpCdnZq+hYM75ecjWPo="
STAMP = str(int(NOW.timestamp()))


def secrets(*values: str, **bounds: Any) -> list[IntakeSecret]:
    return [IntakeSecret(f"secret {place}", value, **bounds) for place, value in enumerate(values)]


def admit(
    headers: dict[str, str], *live: str | IntakeSecret, raw: bytes = BODY, keys: list[ApiKey] | None = None
) -> Admission:
    known = {key.key_id: key for key in keys or []}
    given = [one if isinstance(one, IntakeSecret) else secrets(one)[0] for one in live]
    return credentials.admit(Headers(headers), raw, given, known.get, NOW)  # type: ignore[arg-type]


def allowed(headers: dict[str, str], *live: str | IntakeSecret, raw: bytes = BODY) -> bool:
    try:
        admit(headers, *live, raw=raw)
    except Unauthorized:
        return False
    return True


def wire(text: str) -> str:
    """Header text as a server hands its bytes on."""
    return text.encode().decode("latin-1")


def basic(text: str) -> str:
    return f"Basic {base64.b64encode(text.encode()).decode()}"


def github(secret: str, raw: bytes = BODY) -> dict[str, str]:
    return {"X-Hub-Signature-256": "sha256=" + hmac.new(secret.encode(), raw, hashlib.sha256).hexdigest()}


def standard(key: bytes, raw: bytes = BODY, stamp: str = STAMP, message: str = "msg_2a") -> dict[str, str]:
    signed = f"{message}.{stamp}.".encode() + raw
    signature = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    return {"webhook-id": message, "webhook-timestamp": stamp, "webhook-signature": f"v1,{signature}"}


@pytest.mark.parametrize("secret", [OLD, NEW])
@pytest.mark.parametrize("scheme", ["Bearer ", "bearer ", "BEARER  "])
def test_each_of_two_live_secrets_is_enough_in_every_place(secret: str, scheme: str):
    for header in ("X-Webhook-Secret", "X-Gitlab-Token"):
        assert allowed({header: wire(secret)}, OLD, NEW)
    assert allowed({"Authorization": scheme + wire(secret)}, OLD, NEW)
    for name in ("", "jenkins", "a name"):
        assert allowed({"Authorization": basic(f"{name}:{secret}")}, OLD, NEW)


def test_a_password_may_hold_colons():
    assert allowed({"Authorization": basic("ci:with:colons:0123456789abcdef")}, "with:colons:0123456789abcdef")


def test_a_rotated_secret_is_refused_once_it_is_gone():
    assert not allowed({"X-Webhook-Secret": OLD}, NEW)


def test_a_secret_ends_at_its_instant():
    """W07, by the clock."""
    ending = IntakeSecret("previous", OLD, until=NOW + timedelta(microseconds=1))
    ended = IntakeSecret("previous", OLD, until=NOW)
    assert allowed({"X-Webhook-Secret": OLD}, NEW, ending)
    assert not allowed({"X-Webhook-Secret": OLD}, NEW, ended)
    assert not allowed(github(OLD), NEW, ended)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-Webhook-Secret": ""},
        {"X-Webhook-Secret": OLD[:-1]},
        {"X-Webhook-Secret": OLD + "x"},
        {"X-Webhook-Secret": OLD.upper()},
        {"Authorization": OLD},
        {"Authorization": f"Basic {OLD}"},
        {"Authorization": f"Digest {OLD}"},
        {"Authorization": basic(OLD)},
        {"Authorization": basic(f"{OLD}:")},
        {"Authorization": basic("")},
        {"Authorization": "Basic ä"},
        {"Authorization": "Bearer "},
        {"Authorization": "Bearer"},
        {"X-Webhook-Secret": f"{OLD},{NEW}"},
        {"X-Hub-Signature": "sha1=" + hmac.new(OLD.encode(), BODY, hashlib.sha1).hexdigest()},
    ],
)
def test_what_is_not_a_live_secret_is_refused(headers: dict[str, str]):
    assert not allowed(headers, OLD)


@pytest.mark.parametrize(
    "headers",
    [
        {}, {"X-Webhook-Secret": ""}, {"X-Webhook-Secret": "x" * 24}, {"Authorization": basic(":")}, github(""),
        standard(b"", message="m"),
    ],
)  # fmt: skip
def test_without_a_configured_secret_nobody_may(headers: dict[str, str]):
    assert not allowed(headers)


def test_githubs_published_vector():
    """W01."""
    assert allowed({"X-Hub-Signature-256": GITHUB_VECTOR}, GITHUB_SECRET, raw=GITHUB_BODY)
    assert not allowed({"X-Hub-Signature-256": GITHUB_VECTOR}, GITHUB_SECRET, raw=GITHUB_BODY + b"\n")
    assert not allowed({"X-Hub-Signature-256": GITHUB_VECTOR}, GITHUB_SECRET + "!", raw=GITHUB_BODY)


@pytest.mark.parametrize("secret", [OLD, NEW])
def test_a_body_signed_with_either_live_secret_is_taken(secret: str):
    assert allowed(github(secret), OLD, NEW)


@pytest.mark.parametrize(
    "signature",
    [
        "", "sha256=", "sha256", "sha1=" + "0" * 40, "sha256=" + "0" * 64, "sha256=" + "0" * 63, GITHUB_VECTOR[7:],
        "sha256=" + "٠" * 64, " " + GITHUB_VECTOR, GITHUB_VECTOR + " ", GITHUB_VECTOR.replace("7", "8", 1),
    ],
)  # fmt: skip
def test_a_malformed_or_wrong_signature_of_github_is_refused(signature: str):
    headers = {"X-Hub-Signature-256": wire(signature)}
    assert not allowed(headers, GITHUB_SECRET, raw=GITHUB_BODY)
    assert not allowed(headers | {"X-Webhook-Secret": wire(GITHUB_SECRET)}, GITHUB_SECRET, raw=GITHUB_BODY)


def test_a_wrong_signature_is_not_made_good_by_a_right_password():
    right = {"X-Webhook-Secret": OLD, "X-Gitlab-Token": OLD, "Authorization": f"Bearer {OLD}"}
    assert allowed(right, OLD)
    assert not allowed(right | github(NEW), OLD)
    assert not allowed(right | standard(b"another key"), OLD)
    assert not allowed(github(OLD) | standard(b"another key"), OLD)


def test_the_standard_webhooks_vector():
    """W01: the specification names no numbers, so these were worked out with openssl."""
    headers = {"webhook-id": "msg_2a", "webhook-timestamp": STAMP, "webhook-signature": STANDARD_VECTOR}
    assert allowed(headers, WHSEC)
    assert not allowed(headers, WHSEC, raw=BODY + b" ")
    assert not allowed(headers | {"webhook-id": "msg_2b"}, WHSEC)
    assert not allowed(headers | {"webhook-timestamp": str(int(STAMP) + 1)}, WHSEC)


def test_one_good_signature_of_several_is_enough():
    good, other = standard(bytes(range(32))), standard(b"k" * 32)
    lists = [
        f"{other['webhook-signature']} {good['webhook-signature']}",
        f"v1a,{'A' * 86}== {good['webhook-signature']}",
        f"v1 , {good['webhook-signature']}",
    ]
    for several in lists:
        assert allowed(good | {"webhook-signature": several}, WHSEC)
    assert not allowed(good | {"webhook-signature": "v1a," + good["webhook-signature"][3:]}, WHSEC)
    assert not allowed(good | {"webhook-signature": good["webhook-signature"].replace("v1,", "")}, WHSEC)


@pytest.mark.parametrize("padding", ["", "="])
def test_a_signing_secret_may_lack_its_padding(padding: str):
    bare = WHSEC.rstrip("=")
    assert allowed(standard(bytes(range(32))), bare + padding)


def test_a_secret_without_prefix_is_its_text_or_its_base64():
    assert allowed(standard(OLD.encode()), OLD)
    assert allowed(standard(bytes(range(32))), WHSEC.removeprefix("whsec_"))
    assert not allowed(standard(WHSEC.encode()), WHSEC)


@pytest.mark.parametrize(("seconds", "taken"), [(-301, False), (-300, True), (0, True), (300, True), (301, False)])
def test_a_signature_lives_five_minutes(seconds: int, taken: bool):
    """W09: what is replayed later is refused."""
    assert allowed(standard(bytes(range(32)), stamp=str(int(STAMP) + seconds)), WHSEC) is taken


@pytest.mark.parametrize(
    "stamp", ["", "0", "-1", "nan", "inf", "1_771_934_400", f"{STAMP}.0", f" {STAMP}", "١٧٧", "1e9", "9" * 14]
)  # fmt: skip
def test_a_time_that_is_no_plain_number_is_refused(stamp: str):
    assert not allowed(standard(bytes(range(32)), stamp=wire(stamp)), WHSEC)


@pytest.mark.parametrize("missing", ["webhook-id", "webhook-timestamp"])
def test_a_signature_without_id_or_time_is_refused(missing: str):
    headers = standard(bytes(range(32)), **({"message": ""} if missing == "webhook-id" else {"stamp": ""}))  # type: ignore[arg-type]
    assert not allowed(headers, WHSEC)
    del headers[missing]
    assert not allowed(headers, WHSEC)


def test_a_secret_for_one_sender_says_so():
    mine = IntakeSecret("gitlab secret", OLD, frozenset({"gitlab"}))
    assert admit({"X-Gitlab-Token": OLD}, NEW, mine) == Admission("gitlab secret", frozenset({"gitlab"}))
    assert admit(github(NEW), NEW, mine).sources is None


def key(**changes: Any) -> tuple[ApiKey, str]:
    return made("a test", changes.pop("scopes", [KeyScope.INGEST]), changes.pop("now", NOW), **changes)


def test_an_api_key_opens_and_brings_its_bounds():
    kept, shown = key(source="jenkins", clusters=["mira"], services=["authn"], days=1)
    admission = Admission(f"key {kept.key_id}", frozenset({"jenkins"}), frozenset({"mira"}), frozenset({"authn"}))
    places = [
        {"Authorization": f"Bearer {shown}"},
        {"Authorization": basic(f"x:{shown}")},
        {"X-Webhook-Secret": shown},
    ]
    for headers in places:
        assert admit(headers, OLD, keys=[kept]) == admission


def test_what_is_kept_of_a_key_opens_nothing():
    kept, shown = key()
    assert shown not in repr(kept)
    assert len(shown) == len("dqd_") + 12 + 1 + 43
    for text in (
        kept.digest,
        kept.key_id,
        f"dqd_{kept.key_id}_{kept.digest}",
        shown[:-1],
        shown[:-1] + "!",
        shown + "A",
    ):
        with pytest.raises(Unauthorized):
            admit({"Authorization": f"Bearer {text}"}, OLD, keys=[kept])


def test_a_key_past_its_end_revoked_or_unknown_is_refused():
    ended, first = key(days=1, now=NOW - timedelta(days=1))
    unknown, second = key()
    with pytest.raises(Unauthorized):
        admit({"Authorization": f"Bearer {first}"}, keys=[ended])
    with pytest.raises(Unauthorized):
        admit({"Authorization": f"Bearer {second}"}, keys=[ended])
    with pytest.raises(Unauthorized):
        admit({"Authorization": f"Bearer {second}"}, keys=[replace(unknown, revoked_at=to_instant(NOW))])


@pytest.mark.parametrize("scopes", [[KeyScope.READ], [KeyScope.ADMIN], []])
def test_a_key_that_is_not_for_sending_is_told_so(scopes: list[KeyScope]):
    kept, shown = key(scopes=scopes)
    with pytest.raises(Forbidden, match="scope ingest"):
        admit({"Authorization": f"Bearer {shown}"}, keys=[kept])


NAMES = [
    "X-Webhook-Secret", "X-Gitlab-Token", "Authorization", "X-Hub-Signature-256", "webhook-signature", "webhook-id",
    "webhook-timestamp",
]  # fmt: skip
LATIN = st.text(st.characters(max_codepoint=255, exclude_characters="\r\n"), max_size=200)
ODD = st.sampled_from(
    ["v1", "v1,", "sha256=", "Basic", "Bearer dqd_", "Basic Og==", "whsec_", STAMP, "v1, v1,", "dqd_a_b"]
)


@given(st.dictionaries(st.sampled_from(NAMES), LATIN | ODD), st.binary(max_size=300))
@example({"webhook-signature": "v1"}, b"")
@example({"Authorization": "Basic " + "A" * 4097}, b"")
def test_no_headers_and_no_body_raise_anything_but_a_refusal(headers: dict[str, str], raw: bytes):
    """W16."""
    assert not allowed(headers, OLD, WHSEC, raw=raw)


def test_secrets_are_compared_only_by_compare_digest_and_all_of_them():
    """W08: no `==` on anything secret, no way out of a loop before its end, digests of one length on both sides."""
    source = ast.parse(inspect.getsource(credentials))
    functions = {node.name: node for node in source.body if isinstance(node, ast.FunctionDef)}
    comparing = {name for name, node in functions.items() if "compare_digest" in ast.unparse(node)}
    assert comparing == {"_matching", "_by_key"}
    assert "hmac.compare_digest(_digest(expected), offered)" in ast.unparse(functions["_matching"])
    leaves = [leaf for leaf in ast.walk(functions["_matching"]) if isinstance(leaf, ast.Break)]
    loops = [node for node in ast.walk(functions["_matching"]) if isinstance(node, ast.For)]
    assert loops and not leaves
    assert not any(isinstance(leaf, ast.Return) for loop in loops for leaf in ast.walk(loop))
    plain = [
        ast.unparse(node)
        for node in ast.walk(source)
        if isinstance(node, ast.Compare) and any(isinstance(how, ast.Eq | ast.NotEq) for how in node.ops)
    ]
    assert plain == []
