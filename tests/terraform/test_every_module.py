"""What holds in every module: variables and outputs say what they are, and nothing names an account or a region."""

import re
from pathlib import Path

import pytest

from terraform_check.tools import SOURCE, Missing, found

FILES = sorted(path for path in SOURCE.rglob("*.tf") if ".terraform" not in path.parts)
BLOCK = re.compile(r'^(variable|output) "(\w+)" \{\n(.*?)^\}', re.M | re.S)


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_variables_are_typed_and_described(path: Path):
    for kind, name, body in BLOCK.findall(path.read_text()):
        assert re.search(r"^  description\s*= \"\S.{8,}", body, re.M), f"{kind} {name} is not described"
        assert kind == "output" or re.search(r"^  type\s*=", body, re.M), f"variable {name} has no type"


def test_no_account_and_no_region_is_written_down():
    ours = [path for path in FILES if not {"examples", "tests"} & set(path.parts)]
    text = {path: re.sub(r"description\s*=.*|error_message\s*=.*|#.*", "", path.read_text()) for path in ours}
    assert [path for path, said in text.items() if re.search(r"\b\d{12}\b", said)] == []
    named = {path.name for path, said in text.items() if re.search(r'"[a-z]{2}-[a-z]+-\d"', said)}
    assert named <= {"providers.tf"}  # us-east-1, where CloudFront's certificates live


def test_without_terraform_it_is_said_to_be_missing(tmp_path: Path):
    with pytest.raises(Missing, match="not on PATH"):
        found({"PATH": str(tmp_path)}, tmp_path)
