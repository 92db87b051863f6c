"""The tour: every page has its pictures and its words, and what is written is what the list of sights says."""

import re

from PIL import Image

from components.shell import NAVIGATION
from screenshots import tour
from screenshots.__main__ import DOCS, MOST_BYTES, strays
from screenshots.sights import PHONE, SIGHTS, WIDE, files

PICTURES = DOCS / tour.FOLDER


def test_every_page_of_the_navigation_has_a_picture():
    assert {path for _, path in NAVIGATION} <= {sight.path.split("?")[0] for sight in SIGHTS}


def test_names_of_pictures_are_their_own():
    names = [name for sight in SIGHTS for _, _, name in files(sight)]
    assert len(names) == len(set(names))
    assert "overview-light.png" in names and "overview-phone-dark.png" in names


def test_the_tour_asks_one_question_of_each_page_and_says_how_to_read_it():
    for sight in SIGHTS:
        assert sight.question.endswith("?")
        assert sight.reading.endswith(".") and not sight.reading.endswith("..")


def test_the_written_tour_is_the_one_the_sights_make():
    assert (DOCS / "tour.md").read_text() == tour.text(SIGHTS)


def test_the_tour_shows_exactly_the_pictures_that_are_there():
    shown = set(re.findall(rf"{tour.FOLDER}/([\w-]+\.png)", (DOCS / "tour.md").read_text()))
    assert shown == {file.name for file in PICTURES.glob("*.png")}
    assert strays(PICTURES) == []


def test_the_readme_shows_four_pictures_in_both_themes():
    shown = re.findall(rf"docs/{tour.FOLDER}/([\w-]+\.png)", (DOCS.parent / "README.md").read_text())
    assert len(shown) == len(set(shown)) == 8
    assert all((PICTURES / name).exists() for name in shown)


def test_pictures_have_the_width_they_say_and_are_small_together():
    for sight in SIGHTS:
        for width, _, name in files(sight):
            with Image.open(PICTURES / name) as picture:
                assert (picture.format, picture.mode, picture.width) == ("PNG", "P", width)
    assert {WIDE, PHONE} == {1440, 390}
    assert sum(file.stat().st_size for file in PICTURES.glob("*.png")) < MOST_BYTES


def test_pictures_of_what_is_no_more_are_found(tmp_path):
    for name in ("overview-light.png", "old-page-light.png", "notes.txt"):
        (tmp_path / name).touch()
    assert [file.name for file in strays(tmp_path)] == ["old-page-light.png"]
