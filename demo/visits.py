"""Deliveries as real senders make them, beside the pipelines of the demo's world: signed, mapped, ignored, refused.

One service, the developer portal, is deployed to Mira by GitHub and GitLab themselves. Its life is small and follows
from the clock alone; what is said at a moment is the same for whoever tells it. Pure.
"""

import hashlib
import hmac
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from demo.world import MINUTE, dice, instant

SLOT = 6 * MINUTE  # a release of the portal begins in each
SLOTS_A_DAY = 24 * 60 * MINUTE // SLOT
LATEST = 30 * MINUTE  # what is older is not told again: real senders do not come back either
REPOSITORY = "platform/developer-portal"
CLUSTER, SERVICE = "mira-us-west-2", "developer-portal"  # what the catalog's rules make of the names below
HOOK = {"id": 3, "name": "developer-portal", "full_name": REPOSITORY}


@dataclass(frozen=True, slots=True)
class Visit:
    """One delivery: when, where to, and what."""

    at: int
    path: str  # after /api/ingest
    body: bytes
    headers: tuple[tuple[str, str], ...]
    signed: str = "X-Webhook-Secret"  # how it proves the secret: a header that holds it, or GitHub's signature

    def signed_with(self, secret: str) -> dict[str, str]:
        """Its headers with the proof."""
        proof = secret
        if self.signed == "X-Hub-Signature-256":
            proof = f"sha256={hmac.new(secret.encode(), self.body, hashlib.sha256).hexdigest()}"
        return dict(self.headers) | {self.signed: proof}


def between(since: datetime, until: datetime) -> list[Visit]:
    """What is said after `since` and not after `until`, in order."""
    end = int(until.timestamp())
    begin = max(int(since.timestamp()), end - LATEST)
    slots = range(begin // SLOT - 1, end // SLOT + 1)
    said = [visit for slot in slots for visit in _slot(slot) if begin < visit.at <= end]
    return sorted(said, key=lambda visit: visit.at)


def _slot(slot: int) -> Iterator[Visit]:
    """The portal's release of this slot, and now and then something that changes nothing."""
    began = slot * SLOT
    sha = hashlib.sha1(f"portal {slot}".encode(), usedforsecurity=False).hexdigest()
    version = f"1.{slot // SLOTS_A_DAY % 1000}.{slot % SLOTS_A_DAY}"
    failed = dice("portal", slot).random() < 0.15
    yield _github(began + 20, "deployment", f"{slot}-1", _deployment(slot, sha, version, began + 20))
    yield _github(began + 200, "deployment_status", f"{slot}-2", _ended(slot, sha, version, began, failed))
    if not failed:
        attempt = f"{CLUSTER}:{SERVICE}:{version}:{slot}"
        yield _junit(began + 230, attempt, broken=slot % 3 == 1)
        yield _gitlab(began + 300, slot, sha, version)
    if slot % 4 == 0:  # GitHub was asked to deliver it again
        yield _github(began + 240, "deployment_status", f"{slot}-2", _ended(slot, sha, version, began, failed))
    if slot % 5 == 1:
        yield _github(began + 260, "workflow_run", f"{slot}-3", _tests_run(slot, sha, began))
    if slot % 10 == 2:
        yield _github(began + 5, "ping", f"{slot}-4", {"zen": "Favor focus over features.", "hook_id": 30})
    if slot % 10 == 7:
        yield _without_version(began + 270)


def _deployment(slot: int, sha: str, version: str, at: int) -> dict[str, Any]:
    return {
        "action": "created",
        "deployment": {
            "id": slot, "sha": sha, "ref": f"v{version}", "task": "deploy", "environment": "development",
            "payload": {"version": version, "trigger": "merge"}, "creator": {"login": "iris"},
            "created_at": instant(at),
        },
        "repository": HOOK,
    }  # fmt: skip


def _ended(slot: int, sha: str, version: str, began: int, failed: bool) -> dict[str, Any]:
    status = {
        "id": slot, "state": "failure" if failed else "success", "environment": "development",
        "description": "2 of 3 pods did not become ready" if failed else "All pods are up",
        "log_url": f"https://git.example.com/{REPOSITORY}/actions/runs/{slot}", "created_at": instant(began + 200),
    }  # fmt: skip
    return _deployment(slot, sha, version, began + 20) | {"deployment_status": status}


def _tests_run(slot: int, sha: str, began: int) -> dict[str, Any]:
    """A workflow that only tests: no rule makes it a deployment."""
    run = {
        "id": slot, "run_attempt": 1, "name": "Lint", "path": ".github/workflows/lint.yml", "event": "push",
        "status": "completed", "conclusion": "success", "head_sha": sha, "head_branch": "main",
        "run_started_at": instant(began), "created_at": instant(began), "updated_at": instant(began + 250),
    }  # fmt: skip
    return {"action": "completed", "workflow_run": run, "repository": HOOK}


def _github(at: int, event: str, delivery: str, body: Mapping[str, Any]) -> Visit:
    headers = (
        ("Content-Type", "application/json"), ("User-Agent", "GitHub-Hookshot/demo"), ("X-GitHub-Event", event),
        ("X-GitHub-Delivery", f"demo-{delivery}"),
    )  # fmt: skip
    return Visit(at, "/webhook", json.dumps(body).encode(), headers, "X-Hub-Signature-256")


def _gitlab(at: int, slot: int, sha: str, version: str) -> Visit:
    body = {
        "object_kind": "deployment", "status": "success", "status_changed_at": instant(at), "deployment_id": slot,
        "deployable_id": slot, "environment": "development/eu", "ref": f"v{version}",
        "deployable_url": f"https://gitlab.example.com/{REPOSITORY}/-/jobs/{slot}",
        "project": {"id": 30, "name": "Developer Portal", "path_with_namespace": REPOSITORY},
        "user": {"username": "iris"}, "short_sha": sha[:8],
        "commit_url": f"https://gitlab.example.com/{REPOSITORY}/-/commit/{sha}",
    }  # fmt: skip
    headers = (("Content-Type", "application/json"), ("X-Gitlab-Event", "Deployment Hook"),
               ("X-Gitlab-Event-UUID", f"demo-{slot}"))  # fmt: skip
    return Visit(at, "/webhook/gitlab", json.dumps(body).encode(), headers, "X-Gitlab-Token")


def _junit(at: int, attempt_id: str, broken: bool) -> Visit:
    cases = [f'<testcase classname="portal.Pages" name="opens page {n}" time="0.4"/>' for n in range(1, 12)]
    if broken:
        message = "expected the heading Getting started, found nothing"
        cases.append(
            '<testcase classname="portal.Search" name="finds a guide" time="3.1">'
            f'<failure message="{message}">at portal/search.py:88</failure></testcase>'
        )
    body = f'<testsuite name="portal" timestamp="{instant(at - 20)}">{"".join(cases)}</testsuite>'
    path = f"/junit?suite=FUNCTIONAL&attemptId={attempt_id}"
    return Visit(at, path, body.encode(), (("Content-Type", "application/xml"),))


def _without_version(at: int) -> Visit:
    """A pipeline that somebody set up wrongly: its version moves, so it is refused."""
    payload = {
        "clusterId": CLUSTER, "serviceId": SERVICE, "buildVersion": "latest", "status": "SUCCESS",
        "startedAt": instant(at - 60),
    }  # fmt: skip
    body = {"source": "nightly-script", "eventType": "deployment", "payload": payload}
    return Visit(at, "/webhook", json.dumps(body).encode(), (("Content-Type", "application/json"),))
