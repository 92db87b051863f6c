"""`make check-chart`: everything that can be asked about the chart here. What is missing is said, and skipped.

`python -m chart_checks --write` keeps the renderings anew. TEST_KUBE_UP names a script that starts a bare Kubernetes
API server (`start` prints its kubeconfig's path, `stop` ends it).
"""

import argparse
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import yaml

from chart_checks.cluster import Cluster, Failed, lives, strictly
from chart_checks.hardening import complaints
from chart_checks.rendering import CASES, CHART, KEPT, find_helm, kept_file, kept_text, render, values_file
from settings import process_environment

# What no schema is published for in the kinds of others.
OTHERS = "ScaledObject,TriggerAuthentication,ExternalSecret,ServiceMonitor,PrometheusRule,TargetGroupBinding"


def main() -> int:
    """0 where all that could be asked was well; 1 where something was not."""
    parser = argparse.ArgumentParser(prog="python -m chart_checks", description=__doc__)
    parser.add_argument("--write", action="store_true", help="keep the renderings anew, and do nothing else")
    asked = parser.parse_args()
    helm = find_helm()
    if helm is None:
        print("SKIPPED: helm is not installed here; make test judges the renderings that are kept.")
        return 1 if asked.write else 0
    if asked.write:
        return _write(helm)
    checks: tuple[tuple[str, Callable[[str], str]], ...] = (
        ("helm lint", _lint), ("renderings", _same), ("hardening", _hard), ("kubeconform", _kubeconform),
        ("checkov", _checkov), ("API server", _cluster),
    )  # fmt: skip
    wrong = 0
    for name, check in checks:
        try:
            print(f"{name}: {check(helm)}")
        except subprocess.CalledProcessError as error:
            wrong += 1
            print(f"{name}: FAILED: {(error.stdout + error.stderr).strip()[-3000:]}")
        except Failed as error:
            wrong += 1
            print(f"{name}: FAILED: {error}")
    return 1 if wrong else 0


def _write(helm: str) -> int:
    KEPT.mkdir(exist_ok=True)
    for case in CASES:
        kept_file(case).write_text(kept_text(render(helm, case)))
    return 0


def _lint(helm: str) -> str:
    for case in CASES:
        command = [helm, "lint", "--strict", str(CHART), "--values", str(values_file(case))]
        subprocess.run(command, check=True, capture_output=True, text=True)
    return "no complaint"


def _same(helm: str) -> str:
    for case in CASES:
        if kept_text(render(helm, case)) != kept_file(case).read_text():
            raise Failed(f"{case} renders otherwise than kept: look, then python -m chart_checks --write")
    return "as kept"


def _hard(helm: str) -> str:
    found = [complaint for case in CASES for complaint in complaints(render(helm, case))]
    if found:
        raise Failed("; ".join(found))
    return "no complaint"


def _kubeconform(helm: str) -> str:
    tool = shutil.which("kubeconform")
    schemas = process_environment().get("KUBECONFORM_SCHEMAS")
    if tool is None:
        return "SKIPPED, not installed"
    place = ["-schema-location", schemas] if schemas else []
    for case in CASES:
        text = yaml.safe_dump_all(render(helm, case))
        command = [tool, "-strict", "-summary", "-skip", OTHERS, *place]
        done = subprocess.run(command, input=text, check=False, capture_output=True, text=True)
        if "failed downloading schema" in done.stdout:
            return "SKIPPED: its schemas cannot be fetched here; KUBECONFORM_SCHEMAS may name where they are"
        done.check_returncode()
    return "strict, valid"


def _checkov(helm: str) -> str:
    tool = shutil.which("checkov")
    if tool is None:
        return "SKIPPED, not installed"
    with tempfile.TemporaryDirectory() as folder:
        for case in CASES:
            (Path(folder) / f"{case}.yaml").write_text(yaml.safe_dump_all(render(helm, case)))
        command = [
            tool,
            "--directory",
            folder,
            "--framework",
            "kubernetes",
            "--compact",
            "--quiet",
            "--skip-download",
        ]
        subprocess.run(command, check=True, capture_output=True, text=True)
    return "0 failed; each skip has its reason in the chart"


def _cluster(helm: str) -> str:
    named = process_environment().get("TEST_KUBE_UP") or shutil.which("kube-up")
    if not named or not shutil.which("kubectl"):
        return "SKIPPED: TEST_KUBE_UP names no script that starts one, or kubectl is missing"
    with tempfile.TemporaryDirectory() as folder:
        environment = process_environment() | {"KUBE_UP_STATE": folder}
        subprocess.run([named, "start"], check=True, capture_output=True, text=True, env=environment)
        try:
            cluster = Cluster(helm, Path(folder) / "kubeconfig")
            lives(cluster)
            for case in CASES:
                strictly(cluster, render(helm, case))
        finally:
            subprocess.run([named, "stop"], check=True, capture_output=True, text=True, env=environment)
    return "every case's whole life, Pod Security restricted; strictly valid"


if __name__ == "__main__":
    sys.exit(main())
