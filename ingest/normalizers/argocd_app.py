"""What an Argo CD Application says, as far as we read it. Pure.

Typed where a wrong type makes the rest worthless; `Any` where the value is only left out if it is unusable.
"""

from typing import Annotated, Any

from pydantic import Field

from ingest.schema import Said


class Destination(Said):
    """Where the application goes: a cluster by name or by its address."""

    name: str | None = None
    server: str | None = None
    namespace: str | None = None


class Source(Said):
    """Where the manifests come from."""

    repo_url: Annotated[Any, Field(alias="repoURL")] = None
    path: Any = None
    chart: Any = None
    target_revision: Any = None
    helm: Any = None
    kustomize: Any = None


class Synced(Said):
    """What was synced: one source with its revision, or several."""

    revision: str | None = None
    revisions: list[str] | None = None
    source: Source | None = None
    sources: list[Source] | None = None

    def revision_list(self) -> tuple[str, ...]:
        """The revisions, in the order of the sources."""
        return tuple(self.revisions or ()) or ((self.revision,) if self.revision else ())

    def source_list(self) -> tuple[Source, ...]:
        """The sources."""
        return tuple(self.sources or ()) or ((self.source,) if self.source else ())


class Deployed(Synced):
    """An entry of `status.history`: a sync that succeeded."""

    id: int | None = None
    deploy_started_at: str | None = None
    deployed_at: str | None = None


class Sync(Synced):
    """What a sync was asked to do."""

    dry_run: bool | None = None
    resources: list[Any] | None = None


class InitiatedBy(Said):
    """Who began an operation."""

    username: Any = None
    automated: bool | None = None


class Operation(Said):
    """What was asked."""

    sync: Sync | None = None
    initiated_by: InitiatedBy | None = None


class OperationState(Said):
    """The last operation and how it goes."""

    phase: str
    started_at: str
    finished_at: str | None = None
    message: Any = None
    operation: Operation | None = None
    sync_result: Synced | None = None


class HealthStatus(Said):
    """How what is deployed fares."""

    status: str | None = None
    message: Any = None
    last_transition_time: str | None = None


class Resource(Said):
    """One resource of the application."""

    kind: Any = None
    name: Any = None
    health: HealthStatus | None = None


class Summary(Said):
    """What runs."""

    images: list[Any] | None = None


class Status(Said):
    """The observed state."""

    operation_state: OperationState | None = None
    health: HealthStatus | None = None
    summary: Summary | None = None
    history: list[Deployed] | None = None
    resources: list[Resource] | None = None
    reconciled_at: str | None = None


class Spec(Said):
    """The wanted state."""

    project: str | None = None
    destination: Destination = Destination()
    source: Source | None = None
    sources: list[Source] | None = None

    def source_list(self) -> tuple[Source, ...]:
        """The sources."""
        return tuple(self.sources or ()) or ((self.source,) if self.source else ())


class Metadata(Said):
    """Name and annotations."""

    name: str
    namespace: str | None = None
    annotations: dict[str, Any] | None = None


class Application(Said):
    """An Argo CD Application."""

    metadata: Metadata
    spec: Spec = Spec()
    status: Status = Status()

    def annotation(self, name: str) -> str | None:
        """The text of an annotation."""
        value = (self.metadata.annotations or {}).get(name)
        return value.strip() or None if isinstance(value, str) else None


class Context(Said):
    """What the notifications' settings add."""

    argocd_url: Any = None


class CommitMetadata(Said):
    """The commit a revision names."""

    author: Any = None
    date: Any = None


class Notification(Said):
    """The body of our template."""

    app: Application
    context: Context = Context()
    commit_metadata: Annotated[Any, Field(alias="commit_metadata")] = None

    def commit(self) -> CommitMetadata:
        """The commit's metadata, empty where the template leaves it out."""
        if not isinstance(self.commit_metadata, dict):
            return CommitMetadata()
        return CommitMetadata.model_validate(self.commit_metadata)


class Minimal(Said):
    """Four Keys' body: a deployment that names neither service nor cluster."""

    id: Any
    time: str
    status: str
    commit_sha: Annotated[str, Field(alias="commit_sha")]
