"""Style, validity and tests with mocks of the Terraform here; says so where Terraform is missing."""

import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from settings import process_environment
from terraform.functions import package
from terraform_check.tools import SOURCE, Failed, Missing, copied, found, initialised


def main() -> int:
    """0 when all that can be proved here is; 1 on the first thing that is not as it must be."""
    base = process_environment()
    with tempfile.TemporaryDirectory(prefix="terraform-check-") as folder:
        try:
            check(base, Path(folder))
        except Missing as missing:
            print(f"skipped: {missing}")
        except Failed as failed:
            print(f"FAILED: {failed}", file=sys.stderr)
            return 1
    return 0


def check(base: Mapping[str, str], scratch: Path) -> None:
    """All of it, in a copy; Failed or Missing where it stops."""
    _step("formatted", lambda: found(base, SOURCE).run("fmt", "-check", "-recursive", "-diff"))
    source = copied(scratch)
    package.write(source / "functions" / "transformer.zip")
    for name in (".", "examples/complete"):
        _step(f"valid: {name}", partial(_ran, base, source / name, "validate"))
    for folder in sorted({path.parent.parent for path in source.rglob("tests/*.tftest.hcl")}):
        name = folder.relative_to(source).as_posix()
        _step(f"tests with mocks: {name}", partial(_ran, base, folder, "test"))


def _ran(base: Mapping[str, str], folder: Path, command: str) -> object:
    return initialised(found(base, folder)).run(command)


def _step(what: str, work: Callable[[], object]) -> None:
    began = time.monotonic()
    work()
    print(f"ok  {what} ({time.monotonic() - began:.0f} s)", flush=True)


if __name__ == "__main__":
    sys.exit(main())
