"""`python -m screenshots`: starts a dashboard with its demo, takes a picture of every page, writes the tour."""

import argparse
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from screenshots import camera, tour
from screenshots.camera import CameraError
from screenshots.demo import DemoError, running_demo
from screenshots.sights import SIGHTS, files
from settings import process_environment

DOCS = Path(__file__).resolve().parent.parent / "docs"
MOST_BYTES = 6_000_000


def main(arguments: Sequence[str] | None = None) -> int:
    """The pictures and the tour in `docs/`; exit 1 with a sentence where something is wrong."""
    parser = argparse.ArgumentParser(prog="python -m screenshots", description="Take a picture of every page.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(one.name for one in SIGHTS)}")
    parser.add_argument("--url", help="a dashboard that runs already (default: one is started)")
    parser.add_argument("--docs", type=Path, default=DOCS, help="where to write (default: docs)")
    asked = parser.parse_args(arguments)
    if unknown := set(asked.names) - {one.name for one in SIGHTS}:
        parser.error(f"there is no {', '.join(sorted(unknown))}")
    chosen = [one for one in SIGHTS if not asked.names or one.name in asked.names]
    folder = asked.docs / tour.FOLDER
    try:
        with _dashboard(asked.url) as url:
            camera.take(url, chosen, folder, say)
    except (DemoError, CameraError) as error:
        print(error, file=sys.stderr)
        return 1
    (asked.docs / "tour.md").write_text(tour.text(SIGHTS))
    for stray in strays(folder):
        stray.unlink()
    size = sum(file.stat().st_size for file in folder.glob("*.png"))
    say(f"{size / 1e6:.1f} MB in {folder}")
    if size > MOST_BYTES:
        print(f"That is more than {MOST_BYTES / 1e6:.0f} MB.", file=sys.stderr)
        return 1
    return 0


@contextmanager
def _dashboard(url: str | None) -> Iterator[str]:
    if url:
        yield url.rstrip("/")
        return
    say("Starting a dashboard with its demo …")
    with tempfile.TemporaryDirectory() as scratch, running_demo(process_environment(), Path(scratch)) as started:
        yield started


def strays(folder: Path) -> list[Path]:
    """Pictures of sights that are no more."""
    known = {name for sight in SIGHTS for _, _, name in files(sight)}
    return [file for file in folder.glob("*.png") if file.name not in known]


def say(sentence: str) -> None:
    """Progress, at once."""
    print(sentence, flush=True)


if __name__ == "__main__":
    sys.exit(main())
