"""Log lines: one event is one line of JSON, whatever others put into it."""

import json
import logging
import sys

import pytest

import logs


@pytest.fixture
def record():
    return logging.makeLogRecord(
        {"name": "web", "levelname": "WARNING", "msg": "not stored: %s", "args": ("line\nbreak \x1b[31m",)}
    )


def test_an_event_is_one_line_however_many_it_came_as(record):
    line = logs.JsonFormatter().format(record)
    assert "\n" not in line
    assert json.loads(line)["message"] == "not stored: line\nbreak \x1b[31m"


def test_a_line_has_time_level_logger_and_what_was_added(record):
    record.messageId = "m-1"
    line = json.loads(logs.JsonFormatter().format(record))
    assert (line["level"], line["logger"], line["messageId"]) == ("WARNING", "web", "m-1")
    assert line["time"].endswith("+00:00")
    assert "requestId" not in line


def test_a_requests_lines_carry_its_id(record):
    token = logs.request_id.set("r-1")
    try:
        assert json.loads(logs.JsonFormatter().format(record))["requestId"] == "r-1"
    finally:
        logs.request_id.reset(token)


def test_a_traceback_stays_within_its_line(record):
    try:
        raise ValueError("no\nway")
    except ValueError:
        record.exc_info = sys.exc_info()
    line = logs.JsonFormatter().format(record)
    assert "\n" not in line
    assert "ValueError: no" in json.loads(line)["trace"]
