"""CSV files: what goes in is read back by any reader, and nothing in one makes a spreadsheet calculate."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.csv_files import FORMULA, MARK, Table, cell, file_name, flat, written
from tests.api.reading_csv import lines

TEXTS = st.text()
CELLS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXTS
COLUMNS = ("a", "b.c", "d")


@given(st.lists(st.tuples(CELLS, CELLS, CELLS)))
def test_a_reader_finds_the_cells_that_went_in(rows):
    file = written(Table(COLUMNS, [dict(zip(COLUMNS, row, strict=True)) for row in rows]))
    found = lines(file.body)
    assert found == [list(COLUMNS), *[[cell(one) for one in row] for row in rows]]
    assert file.first is None


@given(TEXTS)
def test_no_text_is_a_formula_and_each_can_be_told_back(text):
    shown = cell(text)
    assert not shown.startswith(FORMULA)
    assert shown in (text, f"'{text}")


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＠"])
def test_a_text_that_would_be_a_formula_gets_an_apostrophe(start):
    assert cell(f"{start}cmd|' /C calc'!A0") == f"'{start}cmd|' /C calc'!A0"


@pytest.mark.parametrize(
    ("value", "text"),
    [(None, ""), (True, "true"), (False, "false"), (-3, "-3"), (0.5, "0.5"), (-0.5, "-0.5"), ("-3", "'-3")],
)
def test_numbers_stay_numbers_and_what_is_missing_is_an_empty_cell(value, text):
    assert cell(value) == text


def test_a_file_is_as_rfc_4180_and_spreadsheets_want_it():
    body = written(Table(("a", "b"), [{"a": 'say "x", y', "b": "one\r\ntwo"}, {"b": "ü"}])).body
    assert body == (MARK + 'a,b\r\n"say ""x"", y","one\r\ntwo"\r\n,ü\r\n').encode()
    assert list(csv.reader(io.StringIO(body.decode("utf-8-sig"), newline="")))[2] == ["", "ü"]


def test_no_more_rows_than_the_bound_are_written_and_that_there_were_more_is_told():
    rows = [{"a": n} for n in range(4)]
    assert written(Table(("a",), rows), most=4).first is None
    short = written(Table(("a",), iter(rows)), most=3)
    assert short.first == 3
    assert lines(short.body) == [["a"], ["0"], ["1"], ["2"]]


def test_a_table_that_was_cut_by_its_source_says_so():
    assert written(Table(("a",), [{"a": 1}], lambda: True)).first == 1
    assert written(Table(("a",), [], lambda: True)).first == 0


def test_nested_fields_become_columns_with_dots():
    assert flat({"a": 1, "b": {"c": None, "d": {"e": "x"}}}) == {"a": 1, "b.c": None, "b.d.e": "x"}


def test_a_files_name_tells_what_is_in_it():
    parts = ("attempts", None, "mira-us-west-2", "2026-11-10", "to", "2026-11-23")
    assert file_name(parts) == "attempts-mira-us-west-2-2026-11-10-to-2026-11-23.csv"
    assert file_name(("promotions",), 10_000) == "promotions-first-10000.csv"


@given(st.lists(TEXTS, min_size=1), st.none() | st.integers(0, 10_000))
def test_a_files_name_is_plain_whatever_it_is_made_of(parts, first):
    name = file_name(["attempts", *parts], first)
    assert set(name) <= set("abcdefghijklmnopqrstuvwxyz0123456789._-")
    assert name.startswith("attempts") and name.endswith(".csv")
