"""Installing: a clear sentence for each thing that a fresh machine may lack."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from embedded import bootstrap
from embedded.bootstrap import BootstrapError

MAKE = shutil.which("make")


def test_a_missing_network_is_told_apart_from_a_wrong_requirement() -> None:
    away = "WARNING: Retrying ... NewConnectionError('... Temporary failure ...')\nERROR: No matching"
    assert "Is there a network" in bootstrap.explain(away, "requirements.txt")
    wrong = "Looking\nERROR: No matching distribution found for dash==99\n"
    assert "(No matching distribution found for dash==99)" in bootstrap.explain(wrong, "requirements.txt")


def test_an_index_that_does_not_answer_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "requirements-embedded.txt").write_text("a-package-nobody-has==1\n")
    monkeypatch.setattr(bootstrap, "ROOT", tmp_path)
    monkeypatch.setattr(bootstrap, "LOG", tmp_path / "log" / "install.log")
    for name in [name for name in os.environ if name.startswith("PIP_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/")
    monkeypatch.setenv("PIP_RETRIES", "1")
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    assert bootstrap.main(["embedded"]) == 1
    assert "the package index does not answer" in capsys.readouterr().err
    assert not (tmp_path / ".venv-embedded" / ".embedded-installed").exists()


def test_an_unchanged_environment_is_left_alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    environment = tmp_path / ".venv-embedded"
    environment.mkdir()
    (tmp_path / "requirements-embedded.txt").write_text("one==1\n")
    monkeypatch.setattr(bootstrap, "ROOT", tmp_path)
    (environment / ".embedded-installed").write_text(bootstrap.fingerprint("embedded"))
    monkeypatch.setattr(bootstrap, "_works", lambda _environment: True)

    def fail(*_arguments: object) -> None:
        raise BootstrapError("it installed again")

    monkeypatch.setattr(bootstrap, "_pip", fail)
    bootstrap.install("embedded")
    (tmp_path / "requirements-embedded.txt").write_text("one==2\n")
    with pytest.raises(BootstrapError, match="installed again"):
        bootstrap.install("embedded")


@pytest.mark.skipif(MAKE is None, reason="make is not installed")
@pytest.mark.parametrize("target", ["run", "install"])
def test_an_old_python_is_one_sentence(tmp_path: Path, target: str) -> None:
    old = tmp_path / "python3"
    old.write_text("#!/bin/sh\nexit 1\n")  # what an old one answers when asked whether it is new
    old.chmod(0o755)
    done = subprocess.run(
        [str(MAKE), target, f"PYTHON={old}"], cwd=bootstrap.ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode != 0
    assert done.stderr.splitlines()[0] == f"Python 3.11 or newer is needed; {old} is older."


@pytest.mark.skipif(MAKE is None, reason="make is not installed")
def test_bare_make_lists_its_targets() -> None:
    done = subprocess.run([str(MAKE)], cwd=bootstrap.ROOT, capture_output=True, text=True, check=True)
    for target in ("run", "install", "lint", "test", "bench", "clean"):
        assert f"make {target} " in done.stdout
