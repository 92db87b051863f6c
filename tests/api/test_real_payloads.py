"""Bodies as real systems send them, over real HTTP, signed as their senders sign, down to the stored attempt.

They are other people's files and lie beside the repository where they are to be had; without them this is skipped.
"""

import base64
import hashlib
import hmac
import json
import time
import uuid
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, cast

import pytest

from data.catalog import CatalogStore
from data.catalog_models import Catalog, Rule
from ingest.mapping import id_of
from tests.api.serving import WEBHOOK, Answer, Web, serving
from tests.conftest import WEBHOOK_SECRET, Aws, fresh_aws
from tests.ingest import working
from tests.read_model import CATALOG

PAYLOADS = Path(__file__).resolve().parents[3] / "shared" / "payloads"
pytestmark = pytest.mark.skipif(not PAYLOADS.is_dir(), reason="the real payloads are not beside this repository")

ROWS: list[dict[str, Any]] = (
    json.loads((PAYLOADS / "expected.json").read_text()) if (PAYLOADS / "expected.json").exists() else []
)
SENT = [row for row in ROWS if row["channel"] != "watcher"]
RETENTION = 3650  # the events lie years back
GITHUB, JENKINS = "github-secret-of-the-tests-0123", "jenkins-secret-of-the-tests-0123"
GITLAB_KEY = bytes(range(100, 132))
GITLAB = "whsec_" + base64.b64encode(GITLAB_KEY).decode()
SECRETS = {"WEBHOOK_SECRET_GITHUB": GITHUB, "WEBHOOK_SECRET_GITLAB": GITLAB, "WEBHOOK_SECRET_JENKINS": JENKINS}
STATUS_OF = {"accepted": 202, "ignored": 200}
RULES = (
    Rule("runs", "github", (("repository", "octo-org/octo-repo"),), cluster="pavo-us-west-2", deployment=True),
    Rule("jobs", "jenkins", (("parameter.ENVIRONMENT", "{stage}"),), cluster="{stage}", deployment=True),
    Rule("pipelines", "spinnaker", (("application", "*"),), None, "pavo-us-west-2", "1.0.0", deployment=True),
    Rule(
        "runs of the platform", "cdevents", (("pipeline", "myPipeline"),),
        service="my-pipeline", cluster="pavo-us-west-2", version="1.0.0", deployment=True,
    ),
)  # fmt: skip
MAPPED_BY_RULES = {
    "github/workflow_run.1.completed-success.json",
    "github/workflow_run.3.requested-queued.json",
    "jenkins/CONSTRUCTED.notification-plugin.finalized-with-tests.json",
    "cdevents/pipelinerun_finished.json",
    "cdevents/pipelinerun_started.json",
    "spinnaker/pipeline-execution.kubernetes.SUCCEEDED.trimmed.json",
}
# A start is nothing by itself; a rule that calls the pipeline a deployment makes it the beginning of one.
BEGINS_BY_RULE = "cdevents/pipelinerun_started.json"


@dataclass(slots=True)
class Sent:
    """What was sent, what was answered, and what the queue got of it."""

    row: dict[str, Any]
    answer: Answer
    message: str | None = None

    @property
    def events(self) -> list[dict[str, Any]]:
        """What the queue got."""
        return json.loads(self.message)["events"] if self.message else []

    @property
    def verdict(self) -> str:
        """Accepted, ignored or rejected."""
        if 400 <= self.answer.status < 500:
            return "rejected"
        return str(self.answer.body["status"])

    def of(self, kind: str) -> list[dict[str, Any]]:
        """The payloads of one kind."""
        return [one["payload"] for one in self.events if one["eventType"] == kind]


@dataclass(slots=True)
class Run:
    """All of it sent to one installation, and what its API shows afterwards."""

    aws: Aws
    web: Web
    sent: dict[str, Sent] = field(default_factory=dict)


@pytest.fixture(scope="module", params=[False, True], ids=["without rules", "with rules"])
def run(
    request: pytest.FixtureRequest, emulator: str, aws_clients: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Run]:
    """Every body sent once, in the order of the list, and stored by the real worker."""
    with fresh_aws(emulator, *aws_clients) as aws:
        CatalogStore(aws.dynamodb, aws.tables).save(with_rules(CATALOG) if request.param else CATALOG)
        logs = tmp_path_factory.mktemp("real")
        settings = {"RETENTION_DAYS": str(RETENTION), "REFRESH_SECONDS": "0.3"} | SECRETS
        with serving(aws, logs, **settings) as web:
            made = Run(aws, web)
            for row in SENT:
                made.sent[row["file"]] = sent(aws, web, row)
            store(aws, made.sent.values())
            yield made


def store(aws: Aws, given: Iterable[Sent]) -> None:
    """Have the real worker store what the queue got."""
    working.send(aws, *(one.message for one in given if one.message))
    with working.working(aws, retention_days=RETENTION):
        working.until(lambda: working.empty(aws))


def with_rules(catalog: Catalog) -> Catalog:
    return replace(catalog, rules=RULES)


def sent(aws: Aws, web: Web, row: dict[str, Any]) -> Sent:
    """Send one body as its sender would, and take what the queue got of it."""
    raw, headers = prepared(row)
    address = f"/api/ingest/junit?suite=FUNCTIONAL&attemptId=mira-us-west-2:authn:3.4.2:{len(raw)}"
    answer = web.ask(address if row["channel"] == "junit" else WEBHOOK, raw, headers | credentials(row, raw, headers))
    queue = working.queue_of(aws)
    messages = queue.receive()
    queue.delete(messages)
    # What is of closed days goes to the queue too, for the archive alone.
    assert len(messages) == (answer.status == 202 or answer.body.get("reason") == "older_than_retention"), row["file"]
    return Sent(row, answer, messages[0].body if answer.status == 202 else None)


def prepared(row: Mapping[str, Any]) -> tuple[bytes, dict[str, str]]:
    """The bytes and headers as they come over the wire: wrapped where the sender wraps, with an id of their own."""
    raw, headers = (PAYLOADS / row["file"]).read_bytes(), dict(row["headers"])
    if row["channel"] == "junit":
        return raw, headers
    body = json.loads(raw)
    if row.get("wrap") == "spinnaker-echo":
        details = {
            "source": "orca", "type": "orca:pipeline:complete", "application": body["application"],
            "created": "1422477056000",
        }  # fmt: skip
        content = {"executionId": body["id"], "execution": body}
        body = {"details": details, "content": content, "eventId": str(uuid.uuid4())}
    elif row.get("wrap") == "argocd-template":
        context = {"argocdUrl": "https://argocd.example"}
        body = {"app": body, "context": context, "service_type": "ddq", "recipient": ""}
    if "ce-id" in headers:
        headers["ce-id"] = body["context"]["id"] = str(uuid.uuid5(uuid.NAMESPACE_URL, row["file"]))
    return json.dumps(body).encode(), {"Content-Type": "application/json"} | headers


def credentials(row: Mapping[str, Any], raw: bytes, headers: Mapping[str, str]) -> dict[str, str]:
    """As each of them proves itself."""
    if row["source"] == "github" and "X-GitHub-Event" in headers:
        return {"X-Hub-Signature-256": f"sha256={hmac.new(GITHUB.encode(), raw, hashlib.sha256).hexdigest()}"}
    if row["source"] == "gitlab" and "X-Gitlab-Event" in headers:
        message, stamp = str(uuid.uuid4()), str(int(time.time()))
        digest = hmac.new(GITLAB_KEY, f"{message}.{stamp}.".encode() + raw, hashlib.sha256).digest()
        signature = f"v1,{base64.b64encode(digest).decode()}"
        return {"webhook-id": message, "webhook-timestamp": stamp, "webhook-signature": signature}
    if row["file"].startswith("jenkins/CONSTRUCTED"):
        return {"Authorization": f"Basic {base64.b64encode(f'jenkins:{JENKINS}'.encode()).decode()}"}
    if row["source"] == "cdevents":
        return {"Authorization": f"Bearer {WEBHOOK_SECRET}"}
    return {"X-Webhook-Secret": WEBHOOK_SECRET}


@pytest.fixture(params=[row["file"] for row in SENT])
def one(request: pytest.FixtureRequest, run: Run) -> Sent:
    return run.sent[cast(str, request.param)]


def test_every_body_gets_an_allowed_verdict_and_the_status_that_goes_with_it(one: Sent):
    allowed = one.row.get("allow") or [one.row["expect"]]
    if one.row["file"] == BEGINS_BY_RULE and one.verdict == "accepted":
        assert [payload["status"] for payload in one.of("deployment")] == ["IN_PROGRESS"]
    else:
        assert one.verdict in allowed, one.answer.raw
    assert one.answer.status == STATUS_OF.get(one.verdict, one.answer.status)
    if one.verdict == "ignored":
        assert one.answer.body["reason"] and one.answer.body["detail"]


def test_what_is_accepted_is_of_the_expected_kind_and_says_the_expected_status(one: Sent):
    if one.verdict != "accepted":
        assert one.events == []
        return
    row = one.row
    kinds = {event["eventType"] for event in one.events}
    assert row["kind"] in (None, *kinds)
    statuses = {payload["status"] for payload in one.of("deployment")}
    if row["kind"] == "deployment" and row["status"]:
        assert statuses == {row["status"]}
    assert not statuses & set(row.get("statusNot", ()))


def test_what_is_accepted_is_named_after_what_the_sender_calls_it(one: Sent, request: pytest.FixtureRequest):
    if one.verdict != "accepted" or one.row["channel"] == "junit":
        return
    by_rule = "with rules" in request.node.name.replace("without rules", "")
    for payload in (event["payload"] for event in one.events):
        hint = one.row["serviceHint"]
        if hint:
            assert payload["serviceId"] in {id_of(hint), id_of(hint.rsplit("/", 1)[-1])}
        if one.row["versionHint"] and "buildVersion" in payload:
            assert payload["buildVersion"] == one.row["versionHint"]
        if one.row["environmentHint"] and not by_rule:
            assert payload["clusterId"] == id_of(one.row["environmentHint"])


def test_the_counts_of_tests_are_those_of_the_file(one: Sent):
    counts = one.row.get("counts")
    if one.verdict != "accepted" or counts is None:
        return
    (result,) = one.of("test-result")
    assert {name: result[name] for name in counts} == counts


def test_rules_make_deployments_of_what_is_none_without(run: Run, request: pytest.FixtureRequest):
    ruled = "without rules" not in request.node.name
    for file in sorted(MAPPED_BY_RULES):
        found = run.sent[file]
        assert found.verdict == ("accepted" if ruled else "ignored"), (file, found.answer.raw)
        if not ruled:
            assert found.answer.body["reason"] == "unmapped", file


def test_all_that_was_accepted_is_stored_and_nothing_else(run: Run):
    """W03, W06: each attempt is there by GET, field by field; nothing that was ignored or refused left one."""
    said = [payload for one in run.sent.values() for payload in one.of("deployment")]
    assert said
    for payload in said:
        answer = run.web.ask(f"/api/builds/{payload['attemptId']}")
        assert answer.status == 200, payload["attemptId"]
        shown = answer.body["attempt"]
        names = ("clusterId", "serviceId", "buildVersion")
        assert shown["id"] == payload["attemptId"]
        assert {name: shown[name] for name in names} == {name: payload[name] for name in names}
    stored = run.aws.dynamodb.scan(TableName=run.aws.tables.attempts, ProjectionExpression="attemptId")["Items"]
    assert {item["attemptId"]["S"] for item in stored} == {payload["attemptId"] for payload in said}


def test_nothing_that_was_accepted_could_not_be_stored(run: Run):
    """W06."""
    assert working.dead_letters(run.aws) == []
    depth = working.queue_of(run.aws).depth()
    assert (depth.waiting, depth.in_flight, depth.dead) == (0, 0, 0)


def test_a_delivery_sent_again_is_the_same_event(run: Run):
    """W09: the very bytes and headers once more: the same ids, and nothing new in the table."""
    row = next(row for row in SENT if row["file"] == "github/deployment_status.2.created-success.json")
    before = run.aws.dynamodb.scan(TableName=run.aws.tables.test_runs, Select="COUNT")["Count"]
    again = sent(run.aws, run.web, row)
    assert again.answer.body == run.sent[row["file"]].answer.body
    store(run.aws, [again])
    assert run.aws.dynamodb.scan(TableName=run.aws.tables.test_runs, Select="COUNT")["Count"] == before
