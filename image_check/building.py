"""What `docker build` would make, made in a folder: the files it would copy, and their virtual environment."""

import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from image_check.context import context_files

UID = 10001
NOT_THERE = ("pip", "setuptools", "wheel", "pytest", "mypy", "ruff", "moto", "playwright")
PYTHONS = (Path(sys.base_prefix) / "bin" / "python3", Path("/usr/local/bin/python3"), Path("/usr/bin/python3"))


class NotBuilt(RuntimeError):
    """Why there is nothing to run: one sentence."""


@dataclass(frozen=True, slots=True)
class Image:
    """A built tree: `venv` and `srv` are folders of it."""

    root: Path

    @property
    def venv(self) -> Path:
        """Its packages."""
        return self.root / "venv"

    @property
    def srv(self) -> Path:
        """Our own files."""
        return self.root / "srv"

    def megabytes(self) -> dict[str, float]:
        """How large the parts are."""
        return {part.name: _bytes(part) / 1e6 for part in (self.venv, self.srv)}

    def wrong(self) -> list[str]:
        """What should not be in it: build tools, tests, and anything its user could change."""
        packages = next(self.venv.glob("lib/python*/site-packages"))
        found = [f"the package {name} is in it" for name in NOT_THERE if (packages / name).exists()]
        found += [f"{path} is in it" for path in self.srv.rglob("test_*.py")]
        every = (path for part in (self.venv, self.srv) for path in (part, *part.rglob("*")) if not path.is_symlink())
        loose = [path for path in every if path.stat().st_uid == UID or path.stat().st_mode & 0o002]
        return found + [f"{path} may be changed by the user it runs as" for path in loose[:5]]


def built(source: Path, root: Path, as_user: list[str]) -> Image:
    """The tree in `root`, made anew. `as_user`: what goes before a command that the image's user runs."""
    shutil.rmtree(root, ignore_errors=True)
    image = Image(root)
    for file in context_files(source):
        (image.srv / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(source / file, image.srv / file)
    python = next((one for one in PYTHONS if _runs(one, as_user)), None)
    if python is None:
        raise NotBuilt("No Python 3.11 or newer here can be run by another user.")
    _run(str(python), "-m", "venv", "--without-pip", str(image.venv))
    inside = str(image.venv / "bin" / "python")
    _run(sys.executable, "-m", "pip", "--python", inside, "install", "-q", "--disable-pip-version-check",
         "--no-compile", "-r", str(image.srv / "requirements-watcher.txt"),
         "-r", str(image.srv / "requirements-otel.txt"))  # fmt: skip
    _run(sys.executable, "-m", "pip", "--python", inside, "uninstall", "-q", "-y", "setuptools")
    _run(inside, "-m", "compileall", "-q", str(image.srv), str(image.venv / "lib"))
    for path in (root, *root.rglob("*")):
        if not path.is_symlink():
            path.chmod(path.stat().st_mode & ~0o022 | (0o555 if path.is_dir() else 0o444))
    return image


def _runs(python: Path, as_user: list[str]) -> bool:
    check = [*as_user, str(python), "-c", "import sys, venv; sys.exit(sys.version_info < (3, 11))"]
    return python.exists() and subprocess.run(check, capture_output=True, check=False, cwd="/").returncode == 0


def _run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise NotBuilt(f"{' '.join(command[:4])} … failed: {done.stderr.strip()[-400:]}")


def _bytes(folder: Path) -> int:
    return sum(path.lstat().st_size for path in folder.rglob("*"))
