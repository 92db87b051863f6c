"""Our files as one style sheet and one script, named by what is in them."""

from pathlib import Path

import pytest

from web.index_page import UNUSED, own_files

ASSETS = Path(__file__).resolve().parents[2] / "assets"


def test_every_file_of_ours_comes_to_the_browser_once():
    own = own_files(ASSETS)
    for path in ASSETS.glob("*.css"):
        assert own.styles.content.count(path.read_bytes()) == 1
    apart = {"0-theme.js", "2-charts.js", next(ASSETS.glob("1-plotly-basic-*")).name}
    for path in ASSETS.glob("*.js"):
        assert own.scripts.content.count(path.read_bytes()) == (0 if path.name in apart else 1), path.name
    assert own.first == (ASSETS / "0-theme.js").read_text()


def test_other_content_has_another_address(tmp_path):
    (tmp_path / "0-theme.js").write_text("first()")
    (tmp_path / "1-a.js").write_text("one()")
    (tmp_path / "2-b.js").write_text("two()")
    for brought in ("1-plotly-basic-1.min.js", "2-charts.js"):
        (tmp_path / brought).write_text("charts()")
    before = own_files(tmp_path)
    assert before.scripts.content == b"one()\n;\ntwo()"
    (tmp_path / "2-b.js").write_text("three()")
    after = own_files(tmp_path)
    assert after.scripts.address != before.scripts.address
    assert after.styles.address == before.styles.address
    assert after.charts.address == before.charts.address


@pytest.mark.parametrize(
    ("address", "stays"),
    [("/_dash-component-suites/dash/deps/polyfill@7.v4.min.js", False),
     ("/_dash-component-suites/dash/dash_table/bundle.v7.js", False),
     ("/_dash-component-suites/dash/deps/react@18.v4.min.js", True),
     ("/_dash-component-suites/dash/dcc/dash_core_components.v4.js", True)],
)  # fmt: skip
def test_what_no_page_uses_is_not_named(address, stays):
    tag = f'<script src="{address}"></script>'
    assert UNUSED.sub("", f"{tag}\n<i>") == (f"{tag}\n<i>" if stays else "<i>")
