"""Terraform's modules as data: what a test can ask of the HCL without Terraform."""

from pathlib import Path
from typing import Any

import hcl2

from embedded.emulator import ROOT

MODULES = ROOT / "terraform" / "modules"
MINE = ("archive-s3", "dynamodb", "ecr", "endpoints", "iam", "kms", "monitoring", "secrets", "sqs")


def parsed(file: Path) -> dict[str, Any]:
    """One file, its texts without their quotation marks."""
    with file.open() as opened:
        return dict(_plain(hcl2.load(opened)))


def block(file: Path, kind: str, *labels: str) -> dict[str, Any]:
    """The block of this kind and these labels."""
    for found in parsed(file)[kind]:
        inside = found
        for label in labels:
            inside = inside.get(label, {})
        if inside:
            return dict(inside)
    raise AssertionError(f"{file.name} has no {kind} {' '.join(labels)}")


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {_plain(name): _plain(inside) for name, inside in value.items() if not str(name).startswith("__")}
    if isinstance(value, list):
        return [_plain(one) for one in value]
    if isinstance(value, str) and len(value) > 1 and value[0] == value[-1] == '"':
        return value[1:-1]
    return value
