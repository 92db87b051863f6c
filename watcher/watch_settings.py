"""What the environment says to the watcher beyond what it says to every process."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from settings import SettingsError

NAMESPACE = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
LEASE_NAME = "rollout-watcher"
POD_NAMESPACE = Path("/var/run/secrets/kubernetes.io/serviceaccount/namespace")


@dataclass(frozen=True, slots=True)
class WatchSettings:
    """What to watch, and where the watchers agree on who leads."""

    cluster_name: str  # an id of ours, or what senders call the cluster
    namespaces: tuple[str, ...] = ()  # none: all but Kubernetes' own
    selector: str = ""
    lease_namespace: str = "default"
    lease_name: str = LEASE_NAME
    lease_seconds: int = 15
    kubeconfig: Path | None = None  # None: the cluster this process runs in
    heartbeat_file: Path | None = None

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> "WatchSettings":
        """What `env` says; SettingsError on the first wrong variable."""
        cluster_name = env.get("WATCH_CLUSTER_NAME", "").strip()
        if not cluster_name:
            raise SettingsError("WATCH_CLUSTER_NAME is not set: the watcher needs to know which cluster this is.")
        kubeconfig, heartbeat = env.get("KUBECONFIG", "").strip(), env.get("WATCH_HEARTBEAT_FILE", "").strip()
        return cls(
            cluster_name,
            _namespaces("WATCH_NAMESPACES", env.get("WATCH_NAMESPACES", "")),
            env.get("WATCH_SELECTOR", "").strip(),
            _lease_namespace(env),
            LEASE_NAME,
            _lease_seconds(env.get("WATCH_LEASE_SECONDS", "").strip() or "15"),
            Path(kubeconfig) if kubeconfig else None,
            Path(heartbeat) if heartbeat else None,
        )


def _lease_namespace(env: Mapping[str, str]) -> str:
    """The namespace that is said, else our pod's own."""
    said = _namespaces("WATCH_LEASE_NAMESPACE", env.get("WATCH_LEASE_NAMESPACE", ""))
    if said:
        return said[0]
    return POD_NAMESPACE.read_text().strip() if POD_NAMESPACE.exists() else "default"


def _lease_seconds(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 4 and 3 <= int(text) <= 300):
        raise SettingsError(f"WATCH_LEASE_SECONDS must be a whole number from 3 to 300, not {text[:40]!r}.")
    return int(text)


def _namespaces(variable: str, text: str) -> tuple[str, ...]:
    names = tuple(dict.fromkeys(name.strip() for name in text.split(",") if name.strip()))
    wrong = next((name for name in names if not NAMESPACE.fullmatch(name)), None)
    if wrong is not None:
        raise SettingsError(f"{variable} names {wrong[:63]!r}, which is no namespace.")
    return names
