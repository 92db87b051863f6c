"""GitHub's webhooks, of a repository, an organisation or an app: which event is whose.

`deployment` and `deployment_status` are deployments by themselves; `workflow_run` and `workflow_job` where a mapping
rule says so. Everything else GitHub can send is not about us.
"""

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qsl

from data.errors import InvalidRequest
from ingest import strict_json
from ingest.normalizers import wording
from ingest.normalizers.contract import Ignored, Letter, Reading, ignore
from ingest.normalizers.github_deployments import created, status_changed
from ingest.normalizers.github_jobs import job_changed
from ingest.normalizers.github_runs import run_changed

EVENT = "X-GitHub-Event"
FORM = "application/x-www-form-urlencoded"
MAX_FIELDS = 16
# In the order in which a body without its header is told: a status carries its deployment and its run as well.
KINDS: dict[str, Callable[[Letter], Reading]] = {
    "deployment_status": status_changed,
    "deployment": created,
    "workflow_job": job_changed,
    "workflow_run": run_changed,
}


def by_headers(headers: Mapping[str, str]) -> bool:
    """Whether these are headers of GitHub's."""
    return EVENT in headers


def by_shape(body: Any) -> bool:
    """Whether a body without headers is one of GitHub's that we read."""
    if not isinstance(body, dict) or not isinstance(body.get("repository"), dict):
        return False
    return "full_name" in body["repository"] and _kind_by_shape(body) is not None


def parse(raw: bytes, headers: Mapping[str, str]) -> Any:
    """The body, as JSON or as the form GitHub's default content type makes of it."""
    if not headers.get("Content-Type", "").lower().startswith(FORM):
        return strict_json.parse(raw)
    try:
        fields = parse_qsl(raw.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=MAX_FIELDS)
    except ValueError:
        raise InvalidRequest("the body is not a form in UTF-8") from None
    payloads = [value for name, value in fields if name == "payload"]
    if len(payloads) != 1:
        raise InvalidRequest("is required, once", "payload")
    return strict_json.parse(payloads[0].encode())


def normalize(letter: Letter) -> Reading:
    """What a delivery of GitHub's says."""
    if not isinstance(letter.body, dict):
        raise InvalidRequest("the body must be a JSON object")
    kind = letter.headers.get(EVENT) or _kind_by_shape(letter.body)
    if kind == "ping":
        return ignore(Ignored.PING, "the webhook is connected")
    if kind not in KINDS:
        what = wording.plain(kind, 60)
        return ignore(
            Ignored.NOT_ABOUT_US, f"{what} events say nothing of deployments" if what else f"there is no {EVENT}"
        )  # fmt: skip
    return KINDS[kind](letter)


def _kind_by_shape(body: Mapping[str, Any]) -> str | None:
    return next((kind for kind in KINDS if isinstance(body.get(kind), dict)), None)
