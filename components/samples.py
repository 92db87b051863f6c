"""Short deliveries to start from in the lab: what each sender sends, cut down to what is read of it.

Their times are those of the day, their names those of the catalog, so that trying one shows what it would do here.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from data.models import Day

SHA = "4f1c9b2d7e6a5c3b8d9e0f1a2b3c4d5e6f708192"


@dataclass(frozen=True, slots=True)
class Sample:
    """A delivery: what its address names, its headers and its body."""

    title: str
    body: str
    headers: str = "Content-Type: application/json"
    sender: str = ""
    params: str = ""


@dataclass(frozen=True, slots=True)
class Here:
    """What a sample talks of: a day, a cluster-region and a service of this installation."""

    day: Day
    cluster_id: str
    service_id: str

    def at(self, minute: int) -> str:
        """A moment of the day's first minutes."""
        return f"{self.day}T00:{minute:02d}:00Z"

    def milliseconds(self, minute: int) -> int:
        """The same in milliseconds since 1970."""
        return int(datetime.fromisoformat(self.at(minute)).timestamp() * 1000)


def _json(title: str, body: dict[str, Any], headers: str = "", sender: str = "") -> Sample:
    given = "Content-Type: application/json" + (f"\n{headers}" if headers else "")
    return Sample(title, json.dumps(body, indent=2), given, sender)


def _envelope(here: Here) -> Sample:
    payload = {
        "clusterId": here.cluster_id, "serviceId": here.service_id, "buildVersion": "9.9.0", "gitSha": SHA,
        "status": "SUCCESS", "startedAt": here.at(0), "endedAt": here.at(4), "trigger": "merge", "runId": "991",
    }  # fmt: skip
    return _json("Our envelope", {"source": "my-pipeline", "eventType": "deployment", "payload": payload})


def _github(here: Here) -> Sample:
    body = {
        "action": "created",
        "deployment_status": {
            "id": 8003, "state": "success", "environment": here.cluster_id, "created_at": here.at(4),
        },
        "deployment": {
            "id": 7001, "sha": SHA, "ref": "v9.9.0", "environment": here.cluster_id, "created_at": here.at(0),
            "creator": {"login": "ada"}, "payload": {},
        },
        "repository": {"name": here.service_id, "full_name": f"acme/{here.service_id}"},
    }  # fmt: skip
    said = "X-GitHub-Event: deployment_status\nX-GitHub-Delivery: 72d3162e-cc78-11e3-81ab-4c9367dc0958"
    return _json("GitHub deployment_status", body, said)


def _github_ping(_here: Here) -> Sample:
    return _json("GitHub ping", {"zen": "Practicality beats purity.", "hook_id": 1}, "X-GitHub-Event: ping")


def _gitlab(here: Here) -> Sample:
    body = {
        "object_kind": "deployment", "status": "success", "status_changed_at": here.at(4), "deployment_id": 15,
        "deployable_id": 796, "environment": here.cluster_id,
        "project": {"name": here.service_id, "path_with_namespace": f"acme/{here.service_id}"},
        "commit_url": f"https://gitlab.example.com/acme/{here.service_id}/-/commit/{SHA}", "ref": "v9.9.0",
    }  # fmt: skip
    return _json("GitLab deployment", body, "X-Gitlab-Event: Deployment Hook")


def _argocd(here: Here) -> Sample:
    body = {
        "app": {
            "metadata": {
                "name": here.service_id, "namespace": "argocd",
                "annotations": {"ddq/service": here.service_id, "ddq/cluster": here.cluster_id},
            },
            "spec": {"project": "default", "destination": {"name": here.cluster_id, "namespace": here.service_id}},
            "status": {
                "health": {"status": "Healthy", "lastTransitionTime": here.at(4)},
                "operationState": {
                    "phase": "Succeeded", "startedAt": here.at(0), "finishedAt": here.at(3),
                    "operation": {"sync": {"revision": SHA}, "initiatedBy": {"automated": True}},
                    "syncResult": {"revision": SHA},
                },
                "summary": {"images": [f"registry.example.com/acme/{here.service_id}:9.9.0"]},
            },
        },
        "context": {"argocdUrl": "https://argocd.example.com"},
    }  # fmt: skip
    return _json("Argo CD notification", body)


def _jenkins(here: Here) -> Sample:
    build = {
        "number": 18, "phase": "FINALIZED", "status": "SUCCESS", "timestamp": here.milliseconds(4),
        "duration": 240_000, "full_url": f"https://ci.example.com/job/{here.service_id}/18/",
        "parameters": {"CLUSTER": here.cluster_id, "SERVICE": here.service_id, "VERSION": "9.9.0"},
        "scm": {"commit": SHA},
    }  # fmt: skip
    return _json("Jenkins build", {"name": here.service_id, "url": f"job/{here.service_id}/", "build": build})


def _spinnaker(here: Here) -> Sample:
    execution = {
        "id": "01HEXAMPLE", "name": "deploy", "application": here.service_id, "status": "SUCCEEDED",
        "startTime": here.milliseconds(0), "endTime": here.milliseconds(4),
        "trigger": {"parameters": {"service": here.service_id, "cluster": here.cluster_id, "version": "9.9.0"}},
    }  # fmt: skip
    details = {
        "source": "orca", "type": "orca:pipeline:complete", "application": here.service_id,
        "created": str(here.milliseconds(4)),
    }  # fmt: skip
    return _json("Spinnaker pipeline", {
        "details": details, "content": {"executionId": "01HEXAMPLE", "execution": execution}, "eventId": "e-1",
    })  # fmt: skip


def _cdevents(here: Here) -> Sample:
    body = {
        "context": {
            "version": "0.3.0", "id": "271069a8-fc18-44f1-b38f-9d70a1695819", "source": "/deployer/1",
            "type": "dev.cdevents.service.deployed.0.1.1", "timestamp": here.at(4),
        },
        "subject": {
            "id": here.service_id, "source": "/deployer/1", "type": "service",
            "content": {
                "environment": {"id": here.cluster_id},
                "artifactId": f"pkg:oci/{here.service_id}@sha256%3A{SHA}{SHA[:24]}?tag=9.9.0",
            },
        },
    }  # fmt: skip
    headers = (
        "ce-specversion: 1.0\nce-id: 271069a8-fc18-44f1-b38f-9d70a1695819\nce-source: /deployer/1\n"
        f"ce-type: dev.cdevents.service.deployed.0.1.1\nce-time: {here.at(4)}"
    )
    return _json("CDEvents service.deployed", body, headers)


def _junit(here: Here) -> Sample:
    body = (
        f'<testsuite name="checkout" tests="2" failures="1" timestamp="{here.at(5)}" time="3.2">\n'
        '  <testcase classname="checkout.Cart" name="adds" time="1.1"/>\n'
        '  <testcase classname="checkout.Cart" name="removes" time="2.1">\n'
        '    <failure message="expected 0, got 1">at cart.py:41</failure>\n'
        "  </testcase>\n</testsuite>\n"
    )
    said = f"clusterId={here.cluster_id}&serviceId={here.service_id}&buildVersion=9.9.0&suite=FUNCTIONAL"
    return Sample("JUnit file", body, "Content-Type: application/xml", "junit", said)


SAMPLES: dict[str, Callable[[Here], Sample]] = {
    "envelope": _envelope,
    "github": _github,
    "github-ping": _github_ping,
    "gitlab": _gitlab,
    "argocd": _argocd,
    "jenkins": _jenkins,
    "spinnaker": _spinnaker,
    "cdevents": _cdevents,
    "junit": _junit,
}
