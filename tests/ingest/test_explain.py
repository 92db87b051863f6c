"""The explanation of a delivery: on the command line and as the lab has it, it is what the webhook would do."""

import hashlib
import hmac
import io
import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from data.catalog_models import Catalog
from data.errors import Unavailable
from data.intake_secrets import IntakeSecret
from ingest import explain
from ingest.explaining import CredentialWord, Explanation, examine
from ingest.explaining import explain as explained
from ingest.headers import Headers
from ingest.taking import Incoming, take
from ingest.verdicts import DeliveryVerdict
from tests.ingest import saying
from tests.ingest.normalizers.posting import PAYLOADS, rule

SECRET = "a-secret-of-tests-0123456789"
NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
RECEIVED = "2026-11-20T12:00:00.000Z"
ATTEMPT = "mira-us-west-2:authn:3.4.3:1285"
KEY = f"dqd_abcdefghijkl_{'k' * 43}"
CATALOG = """
clusters:
  - {id: mira-us-west-2, name: Mira, type: Development, order: 1}
services:
  - {id: authn, name: AuthN}
"""


@pytest.fixture
def catalog(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small catalog, named by an environment with one secret and no AWS."""
    for name in ("AWS_ENDPOINT_URL", "WEBHOOK_SECRET_PREVIOUS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("WEBHOOK_SECRET", SECRET)
    path = tmp_path / "catalog.yaml"
    path.write_text(CATALOG)
    monkeypatch.setenv("CATALOG_FILE", str(path))
    return path


def a_file(at: Path, body: Any) -> str:
    path = at.parent / "body.json"
    path.write_bytes(body if isinstance(body, bytes) else json.dumps(body).encode())
    return str(path)


def deployed(**changes: Any) -> dict[str, Any]:
    times = {"startedAt": "2026-11-20T10:00:00Z", "endedAt": "2026-11-20T10:05:00Z", "attemptNumber": 1285}
    return saying.deployment(**(times | changes))


def signature(body: bytes) -> str:
    return "sha256=" + hmac.digest(SECRET.encode(), body, hashlib.sha256).hex()


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    code = explain.main([*arguments, "--at", RECEIVED])
    return code, capsys.readouterr().out


def test_an_accepted_delivery_is_told_with_its_event(catalog: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out = run(capsys, a_file(catalog, deployed()), "--header", f"x-webhook-secret: {SECRET}")
    assert code == 0
    assert "verdict     accepted" in out
    assert "credential  valid: webhook secret" in out
    assert f'"attemptId": "{ATTEMPT}"' in out
    assert SECRET not in out


def test_a_body_that_is_wrong_is_refused_with_its_field(catalog: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out = run(capsys, a_file(catalog, deployed(status="FINE")))
    assert code == 1
    assert "verdict     rejected: invalid" in out
    assert "payload.status: must be one of" in out


def test_a_ping_with_a_right_signature_is_ignored_and_with_a_wrong_one_refused(
    catalog: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ping = PAYLOADS / "github" / "ping.json"
    kind, right = ("--header", "X-GitHub-Event: ping"), f"X-Hub-Signature-256: {signature(ping.read_bytes())}"
    code, out = run(capsys, str(ping), *kind, "--header", right)
    assert (code, "sender      github" in out, "verdict     ignored: ping" in out) == (0, True, True)
    code, out = run(capsys, str(ping), *kind, "--header", f"X-Hub-Signature-256: {signature(b'other')}")
    assert (code, "is not the signature of this body" in out) == (1, True)


def test_without_a_credential_the_body_is_judged_all_the_same(
    catalog: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out = run(capsys, a_file(catalog, deployed()))
    assert (code, "credential  none given" in out) == (0, True)


def test_where_no_secret_is_set_nothing_is_said_of_one(
    catalog: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("WEBHOOK_SECRET")
    code, out = run(capsys, a_file(catalog, deployed()), "--header", "X-Webhook-Secret: anything")
    assert (code, "not checked: no secret is set" in out) == (0, True)


def test_xml_is_known_by_its_first_letter_and_parameters_are_the_address(
    catalog: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = str(PAYLOADS / "junit" / "surefire.xml")
    code, out = run(capsys, file, "--param", "suite=SANITY", "--param", f"attemptId={ATTEMPT}")
    assert (code, "sender      junit" in out) == (0, True)
    assert f"attempt {ATTEMPT} named by the address" in out
    code, out = run(capsys, file, "--param", "suite=SANITY")
    assert (code, "clusterId: is required where no attemptId is sent" in out) == (1, True)


def test_what_is_older_than_the_retention_is_ignored(catalog: Path, capsys: pytest.CaptureFixture[str]) -> None:
    old = deployed(startedAt="2026-02-20T10:00:00Z", endedAt=...)
    code, out = run(capsys, a_file(catalog, old))
    assert (code, "verdict     ignored: older_than_retention" in out) == (0, True)


def test_an_unknown_sender_is_refused(catalog: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out = run(capsys, a_file(catalog, deployed()), "--sender", "nobody")
    assert (code, "verdict     rejected: unknown_sender" in out) == (1, True)


def test_it_can_be_said_in_the_words_of_the_api(catalog: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out = run(capsys, a_file(catalog, deployed(oops=1)), "--json")
    said = json.loads(out)
    assert (code, said["verdict"], said["ignoredFields"]) == (0, "accepted", ["payload.oops"])
    assert said["events"][0]["payload"]["attemptId"] == ATTEMPT


def test_the_body_may_come_from_standard_input(
    catalog: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(json.dumps(deployed()).encode())))
    assert run(capsys, "-")[0] == 0


@pytest.mark.parametrize(
    "arguments",
    [
        ["no-such-file"], ["BODY", "--header", "no colon"], ["BODY", "--param", "nothing"],
        ["BODY", "--catalog", "no-such-catalog"],
    ],
)  # fmt: skip
def test_a_wrong_question_is_told_apart_from_a_refusal(catalog: Path, arguments: list[str]) -> None:
    body = a_file(catalog, deployed())
    assert explain.main([body if one == "BODY" else one for one in arguments]) == 2


@pytest.mark.parametrize("arguments", [[], ["a", "b"], ["a", "--at", "noon"]])
def test_a_wrong_command_line_is_one_too(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as left:
        explain.main(arguments)
    assert left.value.code == 2


def test_a_body_larger_than_any_address_takes_is_no_question(catalog: Path) -> None:
    assert explain.main([a_file(catalog, b" " * (explain.MAX_BYTES + 1))]) == 2


def no_keys(key_id: str) -> None:
    raise Unavailable("the keys are away")


def told(body: Any, headers: dict[str, str], *secrets: IntakeSecret, catalog: Catalog | None = None) -> Explanation:
    raw = json.dumps(body).encode()
    incoming = Incoming(raw, Headers(({"Content-Type": "application/json"} | headers).items()))
    return examine(incoming, NOW, catalog or Catalog(), secrets, no_keys, 90)


def test_a_genuine_credential_that_is_not_for_this_source_is_told() -> None:
    of_gitlab = IntakeSecret("gitlab secret", SECRET, frozenset({"gitlab"}))
    said = told(deployed(), {"X-Webhook-Secret": SECRET}, of_gitlab)
    assert said.credential == CredentialWord(False, "this credential is not for source github-actions")
    assert said.verdict is DeliveryVerdict.ACCEPTED


def test_an_api_key_that_cannot_be_looked_up_is_neither_right_nor_wrong() -> None:
    said = told(deployed(), {"Authorization": f"Bearer {KEY}"})
    assert said.credential == CredentialWord(None, "the API keys could not be read")
    assert told(deployed(), {}).credential.valid is False


def test_the_explanation_and_the_webhook_cannot_disagree() -> None:
    incoming = Incoming(json.dumps(deployed()).encode(), Headers(()))
    taken = take(incoming, RECEIVED, Catalog())
    said = explained(incoming, RECEIVED, Catalog(), retention_days=90)
    assert tuple(one.event for one in said.events) == taken.events


def test_a_rule_that_ignores_is_named() -> None:
    ignoring = Catalog(rules=(rule("github", {"repository": "*"}, ignore=True),))
    body = json.loads((PAYLOADS / "github" / "deployment.created.json").read_bytes())
    said = told(body, {"X-GitHub-Event": "deployment"}, catalog=ignoring)
    assert (said.verdict, said.reason) == (DeliveryVerdict.IGNORED, "rule")
    assert any("rule" in line for line in said.via)


def test_what_cannot_be_parsed_has_no_sender() -> None:
    said = explained(Incoming(b"\x00", Headers(())), RECEIVED, Catalog(), retention_days=90)
    assert (said.verdict, said.sender, said.source) == (DeliveryVerdict.REJECTED, None, None)
    assert said.as_json()["events"] == []
