"""The Kubernetes API as the watcher uses it: the one place that knows the client library, and its failures' names."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import urllib3
from kubernetes import client, config
from kubernetes.client.exceptions import ApiException
from kubernetes.config.config_exception import ConfigException

PAGE = 500
CONNECT_SECONDS = 5
READ_SECONDS = 30
MOST_PODS = 20
POOL = 64  # each feed holds a connection
GONE, ABSENT, CONFLICT = 410, 404, 409


class Away(Exception):
    """The API did not answer, or not as asked; later it may."""


class Gone(Away):
    """What was asked to go on from is no longer known: list anew."""


class Absent(Away):
    """There is no such thing."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of object, and where the API has it."""

    name: str
    group: str
    version: str
    plural: str


DEPLOYMENT = Kind("Deployment", "apps", "v1", "deployments")
ROLLOUT = Kind("Rollout", "argoproj.io", "v1alpha1", "rollouts")
REPLICA_SET = Kind("ReplicaSet", "apps", "v1", "replicasets")
LEASE = Kind("Lease", "coordination.k8s.io", "v1", "leases")


@dataclass(frozen=True, slots=True)
class Scope:
    """Which objects: of one namespace or of all, all of them or those with labels."""

    kind: Kind
    namespace: str | None = None
    selector: str = ""


class Stream:
    """The lines of a watch as they come."""

    def __init__(self, response: urllib3.BaseHTTPResponse) -> None:
        self._response = response

    def events(self) -> Iterator[dict[str, Any]]:
        """Each event; ends with the watch. A line that was cut off is lost with the connection, not an event."""
        left = b""
        for chunk in self._response.stream(65536):
            *lines, left = (left + chunk).split(b"\n")
            for line in filter(None, lines):
                yield _object(line)


class Cluster:
    """One cluster's API."""

    def __init__(self, api: client.ApiClient) -> None:
        self._objects = client.CustomObjectsApi(api)
        self._core = client.CoreV1Api(api)

    def page(self, scope: Scope, go_on: str = "") -> dict[str, Any]:
        """A page of a list: `items`, and in `metadata` what to go on with."""
        more = {"_continue": go_on} if go_on else {}
        with _failures():
            return _object(self._list(scope, READ_SECONDS, limit=PAGE, **more).data)

    @contextmanager
    def watch(self, scope: Scope, since: str, seconds: int) -> Iterator[Stream]:
        """What changes from that version on, for so long. A connection on which nothing comes for longer is dead."""
        with _failures():
            response = self._list(
                scope, seconds + READ_SECONDS,
                watch=True, allow_watch_bookmarks=True, resource_version=since, timeout_seconds=seconds,
            )  # fmt: skip
            try:
                yield Stream(response)
            finally:
                response.close()

    def replica_sets(self, namespace: str, selector: str) -> list[Any]:
        """The ReplicaSets with these labels."""
        with _failures():
            return list(_items(self._list(Scope(REPLICA_SET, namespace, selector), READ_SECONDS)))

    def pods(self, namespace: str, selector: str) -> list[Any]:
        """Some pods with these labels."""
        with _failures():
            answer = self._core.list_namespaced_pod(
                namespace, label_selector=selector, limit=MOST_PODS, _preload_content=False, _request_timeout=_times()
            )
            return list(_items(answer))

    def get(self, kind: Kind, namespace: str, name: str) -> dict[str, Any]:
        """One object; Absent where there is none."""
        with _failures():
            found = self._objects.get_namespaced_custom_object(
                kind.group, kind.version, namespace, kind.plural, name, _request_timeout=_times()
            )
            return dict(found)

    def create(self, kind: Kind, namespace: str, body: Mapping[str, Any]) -> bool:
        """Whether it was created; not where one of that name is there."""
        return self._write(
            lambda: self._objects.create_namespaced_custom_object(
                kind.group, kind.version, namespace, kind.plural, dict(body), _request_timeout=_times()
            )
        )

    def replace(self, kind: Kind, namespace: str, body: Mapping[str, Any]) -> bool:
        """Whether it was replaced; not where somebody else changed it in the meantime."""
        return self._write(
            lambda: self._objects.replace_namespaced_custom_object(
                kind.group, kind.version, namespace, kind.plural, body["metadata"]["name"], dict(body),
                _request_timeout=_times(),
            )
        )  # fmt: skip

    def _write(self, call: Callable[[], object]) -> bool:
        with _failures():
            try:
                call()
            except ApiException as error:
                if error.status == CONFLICT:
                    return False
                raise
            return True

    def _list(self, scope: Scope, seconds: int, **asked: Any) -> urllib3.BaseHTTPResponse:
        kind = scope.kind
        asked |= {"_preload_content": False, "_request_timeout": _times(seconds)}
        if scope.selector:
            asked["label_selector"] = scope.selector
        path = (kind.group, kind.version)
        if scope.namespace is None:
            answer = self._objects.list_cluster_custom_object(*path, kind.plural, **asked)
        else:
            answer = self._objects.list_namespaced_custom_object(*path, scope.namespace, kind.plural, **asked)
        response: urllib3.BaseHTTPResponse = answer
        return response


def connected(kubeconfig: Path | None) -> Cluster:
    """The API that the file names, else the one of the cluster we run in; ValueError where there is neither."""
    settings = client.Configuration()
    settings.retries = False  # whoever asks tries again, with pauses
    settings.connection_pool_maxsize = POOL
    try:
        if kubeconfig is not None:
            config.load_kube_config(config_file=str(kubeconfig), client_configuration=settings)
        else:
            config.load_incluster_config(client_configuration=settings)
    except ConfigException as error:
        raise ValueError(f"no Kubernetes API is known: {error}") from error
    return Cluster(client.ApiClient(settings))


@contextmanager
def _failures() -> Iterator[None]:
    try:
        yield
    except ApiException as error:
        kind = {GONE: Gone, ABSENT: Absent}.get(error.status, Away)
        raise kind(f"{error.status} {error.reason}") from error
    except urllib3.exceptions.HTTPError as error:
        raise Away(f"{type(error).__name__}: {error}") from error
    except OSError as error:  # a token or certificate that cannot be read just now
        raise Away(str(error)) from error


def _times(read: int = READ_SECONDS) -> tuple[int, int]:
    return CONNECT_SECONDS, read


def _items(response: urllib3.BaseHTTPResponse) -> list[Any]:
    return _object(response.data).get("items") or []


def _object(data: bytes) -> dict[str, Any]:
    try:
        found = json.loads(data)
    except ValueError as error:
        raise Away("the API answered with something other than JSON") from error
    if not isinstance(found, dict):
        raise Away("the API answered with something other than an object")
    return found
