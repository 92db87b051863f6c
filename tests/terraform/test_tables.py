"""What Terraform makes is what the code expects: tables, indexes, queues; each variable says what it is (K08)."""

from typing import Any

import pytest

from data.tables import (
    DAY_SECONDS,
    DLQ_NAME,
    MAX_RECEIVES,
    QUEUE_NAME,
    SHOWN,
    TTL_ATTRIBUTE,
    VISIBILITY_SECONDS,
    TableNames,
    definitions,
)
from ingest.archive_lines import PREFIX, Line, pack, unpack
from tests.terraform.modules import MINE, MODULES, block, parsed

TABLES = MODULES / "dynamodb" / "main.tf"


def test_the_tables_and_their_indexes_are_those_of_the_code() -> None:
    said = parsed(TABLES)["locals"][0]
    assert tuple(said["shown"]) == SHOWN
    names = TableNames()
    for part in TableNames.__dataclass_fields__:
        (meant,) = (one for one in definitions(names) if one.name == getattr(names, part))
        table = said["tables"][part]
        assert table["name"] == meant.name
        indexes = {
            name: (index["partition_key"], index["sort_key"], index["shown"])
            for name, index in table["indexes"].items()
        }
        assert indexes == {one.name: (one.partition_key, one.sort_key, bool(one.include)) for one in meant.indexes}
        for one in meant.indexes:
            shown = {name for name in SHOWN if name not in (one.partition_key, one.sort_key)}
            assert not one.include or set(one.include) == shown
    assert said["tables"].keys() == TableNames.__dataclass_fields__.keys()


def test_a_table_has_our_keys_forgets_what_expired_and_can_be_restored() -> None:
    table = block(TABLES, "resource", "aws_dynamodb_table", "this")
    assert (table["hash_key"], table["range_key"], table["billing_mode"]) == ("pk", "sk", "PAY_PER_REQUEST")
    assert table["ttl"] == [{"attribute_name": TTL_ATTRIBUTE, "enabled": True}]
    assert table["point_in_time_recovery"] == [{"enabled": "${var.point_in_time_recovery}"}]
    assert default("dynamodb", "point_in_time_recovery") is True
    assert default("dynamodb", "deletion_protection") is True


def test_the_queues_are_those_of_the_code() -> None:
    said = {
        "queue_name": QUEUE_NAME,
        "dlq_name": DLQ_NAME,
        "visibility_timeout_seconds": VISIBILITY_SECONDS,
        "message_retention_seconds": 4 * DAY_SECONDS,
        "dlq_message_retention_seconds": 14 * DAY_SECONDS,
        "max_receive_count": MAX_RECEIVES,
    }
    assert {name: default("sqs", name) for name in said} == said


def test_the_settings_the_modules_give_are_variables_of_the_application() -> None:
    code = (MODULES.parent.parent / "settings.py").read_text()
    parts = parsed(TABLES)["locals"][0]["tables"]
    names = [f"DYNAMODB_TABLE_{part.upper()}" for part in parts]
    names += ["SQS_QUEUE_URL", "SQS_DLQ_URL", "ARCHIVE_BUCKET"]
    assert [name for name in names if f'"{name}"' not in code] == []


def test_the_archives_table_has_a_column_for_each_field_of_a_line() -> None:
    line = Line("2026-02-24T12:00:00.000Z", "jenkins", "jenkins", "m", b"\xff", {}, {}, (), too_late=True)
    texts = [Line("2026-02-24T12:00:00.000Z", "jenkins", "jenkins", "n", b"{}", {}, {}, ()), line]
    ((key, packed),) = pack(texts)
    assert len(list(unpack(packed))) == 2
    import gzip

    import orjson

    fields = {name.lower() for one in gzip.decompress(packed).splitlines() for name in orjson.loads(one)}
    local = next(one for one in parsed(MODULES / "archive-s3" / "main.tf")["locals"] if "columns" in one)
    assert fields == {name for name, _ in local["columns"]}
    assert key.startswith(f"{PREFIX}dt=2026-02-24/")
    (prefix,) = (one["events"] for one in parsed(MODULES / "archive-s3" / "main.tf")["locals"] if "events" in one)
    assert prefix == PREFIX


@pytest.mark.parametrize("module", MINE)
def test_every_variable_and_output_says_what_it_is(module: str) -> None:
    folder = MODULES / module
    assert {"main.tf", "outputs.tf", "variables.tf", "versions.tf"} <= {file.name for file in folder.glob("*.tf")}
    for found in parsed(folder / "variables.tf")["variable"]:
        for name, said in found.items():
            assert said.get("description"), name
            assert said.get("type"), name
            assert said["type"] == "bool" or "bool" in str(said["type"]) or said.get("validation"), name
    for found in parsed(folder / "outputs.tf")["output"]:
        assert all(said.get("description") for said in found.values())


def default(module: str, name: str) -> Any:
    return block(MODULES / module / "variables.tf", "variable", name)["default"]
