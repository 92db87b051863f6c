"""Makes the virtual environments before anything of ours can run: standard library only.

A stamp in each environment names what it was made from, so an unchanged one costs no time and no network.
"""

import hashlib
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOG = ROOT / ".data" / "install.log"
OLDEST = (3, 11)
NO_NETWORK = (
    "NewConnectionError", "ConnectTimeout", "Temporary failure in name resolution",
    "Name or service not known", "nodename nor servname", "Network is unreachable", "Connection refused",
    "ProxyError", "timed out", "ConnectionResetError", "Max retries exceeded",
)  # fmt: skip
TARGETS = {
    "runtime": (".venv", "requirements.txt"),
    "dev": (".venv", "requirements-dev.txt"),
    "embedded": (".venv-embedded", "requirements-embedded.txt"),
}


class BootstrapError(RuntimeError):
    """One sentence for whoever typed make."""


def install(target: str) -> None:
    """Bring one environment to what its requirements file says; nothing where its stamp agrees."""
    folder, requirements = TARGETS[target]
    environment = ROOT / folder
    stamp = environment / f".{target}-installed"
    wanted = fingerprint(target)
    if stamp.exists() and stamp.read_text() == wanted and _works(environment):
        return
    print(f"Installing {requirements} into {folder} …", flush=True)
    if not _works(environment):
        _create(environment)
    _pip(environment, requirements)
    stamp.write_text(wanted)


def fingerprint(target: str) -> str:
    """What an environment is made from: Python's version and the text of its requirements."""
    names = [TARGETS[target][1]]
    if target == "dev":
        names += ["requirements.txt", "requirements-watcher.txt"]
    texts = b"".join((ROOT / name).read_bytes() for name in names)
    return f"{sys.version_info[0]}.{sys.version_info[1]} {hashlib.sha256(texts).hexdigest()}"


def _works(environment: Path) -> bool:
    """Whether its Python and pip run (a moved folder or a removed Python breaks them)."""
    python = environment / "bin" / "python"
    if not python.exists():
        return False
    done = subprocess.run([python, "-m", "pip", "--version"], capture_output=True, check=False)
    return done.returncode == 0


def _create(environment: Path) -> None:
    try:
        venv.create(environment, clear=True, with_pip=True)
    except (subprocess.CalledProcessError, OSError) as error:
        raise BootstrapError(
            f"Python's venv could not create {environment.name} ({type(error).__name__}): on Debian "
            "and Ubuntu `apt install python3-venv` adds what is missing."
        ) from error


def _pip(environment: Path, requirements: str) -> None:
    LOG.parent.mkdir(exist_ok=True)
    command: list[str | Path] = [
        environment / "bin" / "python", "-m", "pip", "install", "--disable-pip-version-check", "--no-input",
        "-r", ROOT / requirements,
    ]  # fmt: skip
    lines = []
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as pip:
        assert pip.stdout is not None
        for line in pip.stdout:
            lines.append(line)
            _show(line)
    log = "".join(lines)
    LOG.write_text(log)
    if pip.returncode != 0:
        raise BootstrapError(explain(log, requirements))


def _show(line: str) -> None:
    """What pip is at, on one line that is written over; nothing where nobody looks."""
    if sys.stdout.isatty() and line.startswith(("Collecting", "Installing", "Successfully")):
        print(f"\r\x1b[K  {line.strip()[:70]}", end="" if line.startswith(("C", "I")) else "\n", flush=True)


def explain(log: str, requirements: str) -> str:
    """Why pip failed, in a sentence."""
    if any(word in log for word in NO_NETWORK):
        return (
            f"The packages of {requirements} could not be fetched: the package index does not answer. "
            "Is there a network (or a proxy to be named in HTTPS_PROXY)?"
        )
    last = next((line for line in reversed(log.splitlines()) if line.startswith("ERROR")), "ERROR: unknown")
    return f"The packages of {requirements} could not be installed ({last[7:200]}); the log is in {LOG}."


def main(targets: list[str]) -> int:
    """Install the named targets; 1 and a sentence where one fails."""
    if sys.version_info[:2] < OLDEST:
        print("Python 3.11 or newer is needed.", file=sys.stderr)
        return 1
    try:
        for target in targets:
            install(target)
    except BootstrapError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Stopped; the next run goes on from here.", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:] or list(TARGETS)))
