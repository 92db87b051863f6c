"""Argo CD's notifications, sent with our template: one sync operation is one attempt."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from data.catalog_models import Catalog
from data.errors import InvalidRequest
from data.events import EventType
from data.instants import epoch
from data.models import Instant, Status
from ingest import schema
from ingest.mapping import Mapped, Named, mapped
from ingest.normalizers import wording
from ingest.normalizers.argocd_app import Application, Minimal, Notification, OperationState
from ingest.normalizers.argocd_state import OPERATION, Judged, judge, not_a_deployment, rolled_back, trigger
from ingest.normalizers.argocd_version import Brought, brought
from ingest.normalizers.contract import Ignored, Letter, Reading, Statement, ignore

SOURCE = "argocd"
HERE = ("in-cluster", "https://kubernetes.default.svc")  # wherever Argo itself runs: the same name in every one
MINIMAL = frozenset({"id", "time", "status", "commit_sha"})


def by_shape(body: Any) -> bool:
    """Whether a body is our template's, or Four Keys' minimal one."""
    if not isinstance(body, dict):
        return False
    return isinstance(body.get("app"), dict) and "eventType" not in body or set(body) == MINIMAL


def normalize(letter: Letter) -> Reading:
    """What became of an operation; ignored where it brings no version."""
    if isinstance(letter.body, dict) and "app" not in letter.body and letter.body.keys() >= MINIMAL:
        return _minimal(letter)
    note = schema.read(Notification, letter.body)
    operation = note.app.status.operation_state
    if operation is None:
        return ignore(Ignored.UNFINISHED, "the application was not synced yet")
    started = wording.moment(operation.started_at, f"{OPERATION}.startedAt")
    other = not_a_deployment(note.app, operation, started)
    if other is not None:
        return other
    judged = judge(note.app, operation, started)
    return judged if isinstance(judged, Reading) else _stated(letter.catalog, note, operation, started, judged)


def _stated(
    catalog: Catalog, note: Notification, operation: OperationState, started: Instant, judged: Judged
) -> Reading:
    app = note.app
    back = rolled_back(app, operation, started)
    bringing = brought(app, operation, judged.settled, back)
    found = mapped(catalog, _named(catalog, app, bringing))
    if found.ignored_by is not None:
        return ignore(Ignored.RULE, f"the rule “{found.ignored_by}” ignores it", found.via)
    if found.service_id is None or found.cluster_id is None:
        return ignore(Ignored.UNMAPPED, _how_to_map(app), found.via)
    version = found.version or bringing.version
    if version is None:
        detail = "which version it brings shows only once it has settled; the annotation ddq/version says it before"
        return ignore(Ignored.UNFINISHED, detail, found.via)
    payload = wording.said(
        clusterId=found.cluster_id, serviceId=found.service_id, buildVersion=version,
        attemptNumber=str(epoch(started)), status=judged.status.value, startedAt=started, endedAt=judged.ended_at,
        eventTime=judged.at, failureReason=judged.reason, cancelled=judged.cancelled,
        trigger=trigger(app, operation, started), image=bringing.image, actor=_actor(note, operation),
        runUrl=_link(note), **_commit(note, bringing),
    )  # fmt: skip
    return Reading((Statement(EventType.DEPLOYMENT, payload, via=found.via),))


def _commit(note: Notification, bringing: Brought) -> dict[str, Any]:
    """The application's commit: only where no image is known, else the revision is of the configuration."""
    if bringing.git_sha is None:
        return {}
    date = note.commit().date
    try:
        committed = wording.moment(date, "commit_metadata.date")
    except InvalidRequest:
        committed = None
    return {"gitSha": bringing.git_sha, "committedAt": committed}


def _actor(note: Notification, operation: OperationState) -> str | None:
    by = operation.operation.initiated_by if operation.operation else None
    return wording.plain(by.username if by else None) or wording.plain(note.commit().author)


def _link(note: Notification) -> str | None:
    """The application in Argo's own screens."""
    base = wording.link(note.context.argocd_url)
    if base is None:
        return None
    place = "/".join(quote(part, safe="") for part in (note.app.metadata.namespace, note.app.metadata.name) if part)
    return wording.link(f"{base.rstrip('/')}/applications/{place}")


def _named(catalog: Catalog, app: Application, bringing: Brought) -> Named:
    where = app.spec.destination
    sources = app.spec.source_list()
    repository = next((one.repo_url for one in sources if isinstance(one.repo_url, str)), "")
    said = {
        "app": app.metadata.name, "namespace": app.metadata.namespace, "project": app.spec.project,
        "cluster": where.name or where.server, "server": where.server, "destinationNamespace": where.namespace,
        "repository": repository_name(repository), "image": bringing.image, "sha": bringing.git_sha,
        "path": next((one.path for one in sources if isinstance(one.path, str)), None),
    }  # fmt: skip
    return Named(
        SOURCE,
        {key: value for key, value in said.items() if value},
        said_service=app.annotation("ddq/service"),
        said_cluster=app.annotation("ddq/cluster"),
        services=(app.metadata.name,),
        clusters=_telling(catalog, (where.name, where.server)),
    )


def _telling(catalog: Catalog, names: Sequence[str | None]) -> tuple[str, ...]:
    """Names of clusters that tell one from another: an address does only where the catalog knows it."""
    known = {name.lower() for cluster in catalog.clusters for name in cluster.sender_names}
    return tuple(name for name in names if name and (name.lower() in known or (name not in HERE and "/" not in name)))


def repository_name(url: str) -> str:
    """`https://host/org/repo.git` and `git@host:org/repo.git` as `org/repo`."""
    rest = url.partition("://")[2].partition("/")[2] if "://" in url else url.partition(":")[2] or url
    return rest.strip("/").removesuffix(".git")


def _how_to_map(app: Application) -> str:
    where = app.spec.destination
    place = wording.plain(where.name or where.server, 100) or "no cluster"
    return (
        f"the application {wording.plain(app.metadata.name, 100)} goes to {place}, no cluster of the catalog:"
        " add it to a cluster's sender_names, annotate ddq/cluster, or add a rule on app, cluster or project"
    )


def _minimal(letter: Letter) -> Reading:
    """Accepted only with a rule that gives service and cluster."""
    said = schema.read(Minimal, letter.body)
    at = wording.moment(said.time, "time")
    sha = wording.sha(said.commit_sha)
    if sha is None:
        raise InvalidRequest("must be a git SHA: 7 to 64 hexadecimal digits", "commit_sha")
    status = _MINIMAL_STATUS.get(said.status.lower())
    if status is None:
        return ignore(Ignored.UNFINISHED, f"the status {wording.plain(said.status, 60)} is no outcome")
    names = {"id": wording.plain(said.id) or "", "sha": sha}
    found: Mapped = mapped(letter.catalog, Named(SOURCE, names))
    if found.ignored_by is not None:
        return ignore(Ignored.RULE, f"the rule “{found.ignored_by}” ignores it", found.via)
    if found.service_id is None or found.cluster_id is None:
        detail = "the body names neither service nor cluster: a rule of source argocd on id or sha must give both"
        return ignore(Ignored.UNMAPPED, detail, found.via)
    payload = wording.said(
        clusterId=found.cluster_id, serviceId=found.service_id, buildVersion=found.version or sha,
        status=status.value, startedAt=at, endedAt=at, eventTime=at, gitSha=sha,
    )  # fmt: skip
    return Reading((Statement(EventType.DEPLOYMENT, payload, via=found.via),))


_MINIMAL_STATUS = {
    "succeeded": Status.SUCCESS, "success": Status.SUCCESS, "healthy": Status.SUCCESS,
    "failed": Status.FAILED, "error": Status.FAILED, "degraded": Status.FAILED,
}  # fmt: skip
