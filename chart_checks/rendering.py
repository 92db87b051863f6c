"""The chart rendered, and kept: the tests judge what is kept, so that they need no helm.

A digest of the chart's sources stands at the head of each kept rendering; who changes the chart and does not render
it anew is told so, with or without helm.
"""

import hashlib
import shutil
import subprocess
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parent.parent
CHART = ROOT / "helm" / "deploy-dashboard"
KEPT = ROOT / "tests" / "chart_checks" / "rendered"
CASES = ("minimal", "production", "worker-off", "watcher-only")
NAMESPACE = "deploy-dashboard"
KUBE_VERSION = "1.33.0"
# What the chart only passes on is kept apart, and tested where it is written.
PASSED_ON = {("PrometheusRule", "spec"), ("ConfigMap", "data")}

Object = dict[str, Any]


def values_file(case: str) -> Path:
    """The values of a case."""
    return CHART / "ci" / f"{case}-values.yaml"


def find_helm() -> str | None:
    """Helm 3 or newer, where it is installed."""
    return shutil.which("helm")


def render(helm: str, case: str) -> list[Object]:
    """What helm makes of a case, hooks and tests too; CalledProcessError where it refuses."""
    command = [helm, "template", "deploy-dashboard", str(CHART), "--namespace", NAMESPACE,
               "--values", str(values_file(case)), "--kube-version", KUBE_VERSION]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return objects(done.stdout)


def objects(text: str) -> list[Object]:
    """The objects of a YAML text."""
    return [one for one in yaml.safe_load_all(text) if one]


def kept_text(rendered: list[Object]) -> str:
    """A rendering as it is kept: the digest, then the objects, without what is only passed on."""
    kept = []
    for one in rendered:
        name = one["metadata"]["name"]
        key = "data" if name == "dashboard-grafana" else "spec"
        passed_on = (one["kind"], key) in PASSED_ON and name in ("dashboard-grafana", "dashboard")
        kept.append(one | {key: "see files/"} if passed_on else one)
    return f"# sources: {sources_digest()}\n" + yaml.safe_dump_all(kept, sort_keys=False, width=110)


def kept_file(case: str) -> Path:
    """Where the rendering of a case is kept."""
    return KEPT / f"{case}.yaml"


def sources_digest() -> str:
    """What the chart is rendered from, as one number."""
    wanted = [CHART / "Chart.yaml", CHART / "values.yaml", CHART / "values.schema.json"]
    wanted += [*(CHART / "templates").rglob("*"), *(values_file(case) for case in CASES)]
    digest = hashlib.sha256()
    for path in sorted(path for path in wanted if path.is_file()):
        digest.update(str(path.relative_to(CHART)).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()
