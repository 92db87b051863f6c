"""GitLab's webhooks, of a project or a group: which hook is whose.

A deployment hook is a deployment by itself; pipeline and job hooks where a mapping rule says so. Everything else
GitLab can send is not about us.
"""

from collections.abc import Callable, Mapping
from typing import Any

from data.errors import InvalidRequest
from ingest.normalizers import gitlab_deployments, gitlab_jobs, wording
from ingest.normalizers.contract import Ignored, Letter, Reading, ignore

EVENT = "X-Gitlab-Event"
KINDS: dict[str, Callable[[Letter], Reading]] = {
    "deployment": gitlab_deployments.changed,
    "pipeline": gitlab_jobs.pipeline_changed,
    "build": gitlab_jobs.job_changed,
}
HOOKS = {"Deployment Hook": "deployment", "Pipeline Hook": "pipeline", "Job Hook": "build"}


def by_headers(headers: Mapping[str, str]) -> bool:
    """Whether these are headers of GitLab's."""
    return EVENT in headers


def by_shape(body: Any) -> bool:
    """Whether a body without headers is one of GitLab's."""
    return isinstance(body, dict) and isinstance(body.get("object_kind"), str) and "project" in body


def normalize(letter: Letter) -> Reading:
    """What a delivery of GitLab's says."""
    if not isinstance(letter.body, dict):
        raise InvalidRequest("the body must be a JSON object")
    told, hook = letter.body.get("object_kind"), letter.headers.get(EVENT, "")
    kind = told if isinstance(told, str) else HOOKS.get(hook)
    if kind not in KINDS:
        what = wording.plain(kind or hook, 60) or "such"
        return ignore(Ignored.NOT_ABOUT_US, f"{what} events say nothing of deployments")
    return KINDS[kind](letter)
