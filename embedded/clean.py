"""`make clean`: forget what `make run` kept, unless a run is using it."""

import fcntl
import shutil
import sys
from pathlib import Path

from embedded.options import DATA_DIR
from settings import process_environment

# Only what a run itself makes is deleted: DATA_DIR may be a folder with other things in it.
MADE = ("aws", "logs")
FILES = ("webhook-secret", "worker-heartbeat", "importing", "install.log", "lock")


def clean(folder: Path) -> str:
    """Delete what a run made in `folder`; says what was done. BlockingIOError while a run holds it."""
    if not folder.exists():
        return f"There is no data in {folder}."
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        for name in MADE:
            shutil.rmtree(folder / name, ignore_errors=True)
        for name in FILES:
            (folder / name).unlink(missing_ok=True)
    if not any(folder.iterdir()):
        folder.rmdir()
    return f"The data in {folder} is forgotten."


def main() -> int:
    """Exit 1 and a sentence while a run uses the data."""
    folder = Path(process_environment().get("DATA_DIR", "").strip() or DATA_DIR).expanduser().resolve()
    try:
        print(clean(folder))
    except BlockingIOError:
        print(f"A run is using {folder}: stop it first.", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
