"""What a build is given and what it is told: .dockerignore and Dockerfile, read as Docker reads them."""

import json
import re
import shlex
from dataclasses import dataclass
from pathlib import Path

NEVER = {".git", ".venv", ".venv-embedded", ".data"}  # large, and left out by any rule: not even walked through


@dataclass(frozen=True, slots=True)
class Instruction:
    """One line of a Dockerfile, put together where it goes on."""

    name: str
    text: str
    stage: int  # counted from 0


def instructions(dockerfile: str) -> list[Instruction]:
    """Every instruction, in order."""
    whole = re.sub(r"\\\n", " ", re.sub(r"(?m)^\s*#.*\n?", "", dockerfile))
    found, stage = [], -1
    for line in filter(None, map(str.strip, whole.splitlines())):
        name, _, text = line.partition(" ")
        stage += name.upper() == "FROM"
        found.append(Instruction(name.upper(), " ".join(text.split()), stage))
    return found


def command(instruction: Instruction) -> list[str]:
    """Of CMD or HEALTHCHECK, what is run."""
    text = instruction.text[instruction.text.index("[") :]
    words = json.loads(text)
    assert isinstance(words, list)
    return [str(word) for word in words]


def variables(found: list[Instruction], stage: int) -> dict[str, str]:
    """What ENV sets in a stage, build arguments by their defaults."""
    values: dict[str, str] = {}
    for one in found:
        if one.name in ("ARG", "ENV") and one.stage in (-1, stage):
            for word in shlex.split(one.text):
                name, _, value = word.partition("=")
                values[name] = re.sub(r"\$\{(\w+)\}", lambda match: values.get(match[1], ""), value)
    arguments = {one.text.partition("=")[0] for one in found if one.name == "ARG"}
    return {name: value for name, value in values.items() if name not in arguments or name == "BUILD_VERSION"}


def context_files(root: Path) -> list[Path]:
    """The files that .dockerignore lets through, relative and sorted."""
    rules = rules_of((root / ".dockerignore").read_text())
    found = []
    for top in root.iterdir():
        if top.name not in NEVER:
            found += [
                path.relative_to(root) for path in (top.rglob("*") if top.is_dir() else (top,)) if path.is_file()
            ]
    return sorted(path for path in found if not ignored(path, rules))


def ignored(path: Path, rules: list[tuple[bool, re.Pattern[str]]]) -> bool:
    """Whether the last rule that speaks of the path, or of a folder it lies in, leaves it out."""
    names = [str(path), *(str(parent) for parent in path.parents if parent != Path())]
    out = False
    for leaves_out, pattern in rules:
        if any(pattern.fullmatch(name) for name in names):
            out = leaves_out
    return out


def rules_of(text: str) -> list[tuple[bool, re.Pattern[str]]]:
    """The rules of a .dockerignore, in order: whether what matches is left out."""
    lines = [line.strip() for line in text.splitlines()]
    kept = [line for line in lines if line and not line.startswith("#")]
    return [(not line.startswith("!"), re.compile(_pattern(line.lstrip("!").strip("/")))) for line in kept]


def _pattern(glob: str) -> str:
    parts = re.split(r"(\*\*/|\*\*|\*|\?)", glob)
    known = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    return "".join(known.get(part, re.escape(part)) for part in parts)
