"""`python terraform/functions/package.py` writes transformer.zip beside this file: the same bytes each time.

Terraform does not zip it itself: that would need one more provider, and its archives differ from machine to machine.
"""

import sys
import zipfile
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
SOURCE = FOLDER / "transformer.py"
TARGET = FOLDER / "transformer.zip"
EPOCH = (1980, 1, 1, 0, 0, 0)  # the first time a zip can say


def write(target: Path = TARGET) -> Path:
    """The package, readable by everybody, of no time."""
    entry = zipfile.ZipInfo(SOURCE.name, EPOCH)
    entry.external_attr = 0o644 << 16
    entry.create_system = 3
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as package:
        package.writestr(entry, SOURCE.read_bytes())
    return target


if __name__ == "__main__":
    print(write(Path(sys.argv[1]) if len(sys.argv) > 1 else TARGET))
