"""Terraform as it is found on this machine, and how it is called: always outside the source tree."""

import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "terraform"
STEP_SECONDS = 900


class Failed(RuntimeError):
    """A step did not go as it must: what it was, and the end of what it said."""


class Missing(RuntimeError):
    """A tool or provider is not to be had here: one sentence says which."""


@dataclass(frozen=True, slots=True)
class Terraform:
    """The program, in one folder with one environment."""

    program: str
    folder: Path
    environment: Mapping[str, str]

    def run(self, *arguments: str, accept: Sequence[int] = (0,)) -> "subprocess.CompletedProcess[str]":
        """Its end; Failed where the exit code is none of `accept`."""
        done = subprocess.run(
            [self.program, *arguments], cwd=self.folder, env=dict(self.environment), stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=STEP_SECONDS, check=False,
        )  # fmt: skip
        if done.returncode not in accept:
            raise Failed(f"terraform {' '.join(arguments[:2])} ended with {done.returncode}:\n{errors(done.stdout)}")
        return done


def errors(said: str) -> str:
    """What went wrong, without the plan before it."""
    start = said.find("Error")
    return (said[start:] if start >= 0 else said)[-6000:]


def found(base: Mapping[str, str], folder: Path) -> Terraform:
    """Terraform in a folder; a command-line configuration that does not exist is left aside. Missing without it."""
    program = shutil.which("terraform", path=base.get("PATH"))
    if program is None:
        raise Missing("Terraform is not on PATH.")
    environment = {**base, "CHECKPOINT_DISABLE": "1", "TF_IN_AUTOMATION": "1", "TF_CLI_ARGS": "-no-color"}
    if not Path(environment.get("TF_CLI_CONFIG_FILE", "")).is_file():
        environment.pop("TF_CLI_CONFIG_FILE", None)
    return Terraform(program, folder, environment)


def copied(scratch: Path) -> Path:
    """A copy of the source without what Terraform or a person left in it: nothing is written where the source is."""
    ignored = shutil.ignore_patterns(".terraform", "*.tfstate*", "backend.tf", "*.tfvars", "__pycache__")
    return Path(shutil.copytree(SOURCE, scratch / "terraform", ignore=ignored))


def initialised(terraform: Terraform) -> Terraform:
    """The same after `init`; Missing where the provider is neither in a mirror nor on a network."""
    done = terraform.run("init", "-input=false", "-backend=false", accept=range(256))
    if done.returncode:
        raise Missing(f"no AWS provider is found, neither in a mirror nor over a network.\n{errors(done.stdout)}")
    return terraform
