"""The workflows: what they may do, and that what they run cannot change under them."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted((ROOT / ".github" / "workflows").glob("*.yaml"))
PINNED = re.compile(r"^\s*(?:- )?uses: (?:\./\S+|[\w.-]+/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+)$")


def read(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(path.read_text())
    return found


def jobs() -> Iterator[tuple[str, dict[str, Any]]]:
    for path in FILES:
        for name, job in read(path)["jobs"].items():
            yield f"{path.name}:{name}", job


def triggers(path: Path) -> set[str]:
    loaded: dict[Any, Any] = yaml.safe_load(path.read_text())
    return set(loaded[True])  # YAML 1.1 reads `on` as true


def test_there_are_workflows() -> None:
    assert {path.name for path in FILES} == {"ci.yaml", "release.yaml"}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_action_is_pinned_by_commit_and_names_its_version(path: Path) -> None:
    lines = [line for line in path.read_text().splitlines() if re.match(r"\s*(- )?uses:", line)]
    assert lines
    assert [line for line in lines if not PINNED.match(line)] == []


def test_an_action_has_one_commit_everywhere() -> None:
    text = "\n".join(path.read_text() for path in FILES)
    found = set(re.findall(r"uses: ([\w.-]+/[\w./-]+)@(\w+)", text))
    assert len({name for name, _ in found}) == len(found)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_workflow_may_do_nothing_but_what_a_job_asks_for(path: Path) -> None:
    assert read(path)["permissions"] == {}
    assert "concurrency" in read(path)


def test_every_job_says_what_it_may_do_and_how_long() -> None:
    for name, job in jobs():
        assert "permissions" in job, name
        assert isinstance(job["permissions"], dict), name
        assert "timeout-minutes" in job or "uses" in job, name


def test_only_the_release_writes_and_only_what_it_must() -> None:
    writes = {(name, right) for name, job in jobs() for right, level in job["permissions"].items() if level != "read"}
    assert writes == {
        ("release.yaml:image", "id-token"), ("release.yaml:helm", "id-token"), ("release.yaml:argocd", "contents"),
    }  # fmt: skip


def test_pull_requests_meet_no_secret_and_no_right_to_write() -> None:
    """A stranger's change runs with what is in it: nothing there may be worth taking."""
    for path in FILES:
        assert not triggers(path) & {"pull_request_target", "workflow_run", "issue_comment"}
        if "pull_request" in triggers(path):
            text = path.read_text()
            assert "secrets." not in text and "id-token" not in text
            assert "secrets" not in {key for job in read(path)["jobs"].values() for key in job}


def test_a_job_with_secrets_waits_for_its_environment() -> None:
    for name, job in jobs():
        if "secrets." in yaml.safe_dump(job) or "id-token" in job["permissions"]:
            assert job.get("environment") == "production", name


def test_no_text_of_others_is_put_into_a_script() -> None:
    """An expression inside `run` is pasted before the shell reads it; through `env` it stays a value."""
    for name, job in jobs():
        for step in job.get("steps", []):
            assert "${{" not in step.get("run", ""), name


def test_no_aws_key_lives_longer_than_a_run() -> None:
    text = "\n".join(path.read_text() for path in FILES)
    assert "role-to-assume" in text
    assert "aws-access-key-id" not in text.lower().replace("_", "-")


def test_the_release_checks_first_and_records_its_deployment_with_our_own_action() -> None:
    release = read(ROOT / ".github" / "workflows" / "release.yaml")["jobs"]
    assert release["check"]["uses"] == "./.github/workflows/ci.yaml"
    assert release["image"]["needs"] == "check"
    ours = [step for step in release["helm"]["steps"] if step.get("uses") == "./.github/actions/record-deployment"]
    assert [step["with"]["phase"] for step in ours] == ["start", "end"]
    assert "always()" in ours[1]["if"]
    known = read(ROOT / ".github" / "actions" / "record-deployment" / "action.yml")["inputs"]
    for step in ours:
        assert set(step["with"]) <= set(known)


def test_the_targets_that_the_workflows_run_are_there() -> None:
    text = "\n".join(path.read_text() for path in FILES)
    targets = set(re.findall(r"run: make ([\w-]+)", text))
    makefile = (ROOT / "Makefile").read_text()
    assert {"test", "check-chart", "check-terraform"} <= targets
    assert [target for target in targets if not re.search(rf"^{target}:", makefile, re.MULTILINE)] == []
