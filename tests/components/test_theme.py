"""Every state has a word, an icon and a tone, and the style sheet knows them all, in both themes."""

import json
import re
from pathlib import Path

import pytest
from plotly.offline import get_plotlyjs_version

from components import figures, theme
from components.tags import icon
from data.catalog_models import ClusterType
from data.models import (
    Health,
    PromotionStatus,
    Status,
    Trigger,
    Verdict,
)

ROOT = Path(__file__).parents[2]
ASSETS = ROOT / "assets"
STYLE = (ASSETS / "3-style.css").read_text()
ICONS = (ASSETS / "2-icons.css").read_text()
LOOKS = [
    *theme.STATUS.values(), *theme.HEALTH.values(), *theme.VERDICT.values(), *theme.PROMOTION.values(),
    theme.CANCELLED, theme.NO_DATA,
]  # fmt: skip


def test_every_state_has_a_look():
    assert set(theme.STATUS) == set(Status)
    assert set(theme.HEALTH) == set(Health)
    assert set(theme.VERDICT) == set(Verdict)
    assert set(theme.PROMOTION) == set(PromotionStatus)
    assert set(theme.TRIGGER) == set(Trigger)
    assert set(theme.STAGES) == set(ClusterType)


def test_no_two_outcomes_share_their_icon_and_word():
    shown = [(look.word, look.icon) for look in (*theme.STATUS.values(), theme.CANCELLED)]
    assert len(set(shown)) == len(shown)


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: look.word)
def test_a_look_is_drawn(look):
    assert f".bi-{look.icon}::before" in ICONS
    assert f".tone-{look.tone} " in STYLE


def test_every_icon_named_anywhere_is_in_the_style_sheet():
    code = "".join(path.read_text() for folder in ("components", "pages") for path in (ROOT / folder).glob("*.py"))
    named = set(re.findall(r'icon\("([a-z-]+)"', code)) | set(re.findall(r'symbol="([a-z-]+)"', code))
    named |= set(re.findall(r'_button\("[a-z]+", "([a-z-]+)"', code)) | {"arrow-up", "arrow-down", "play-fill"}
    assert len(named) > 10
    assert not [name for name in named if f".bi-{name}::before" not in ICONS]
    assert icon("x-lg")["props"]["aria-hidden"] == "true"


def tokens(selector: str) -> dict[str, str]:
    block = STYLE.split(selector + " {", 1)[1].split("}", 1)[0]
    return dict(re.findall(r"(--[\w-]+):\s*([^;]+);", block))


LIGHT, DARK = tokens(':root, [data-bs-theme="light"]'), tokens('[data-bs-theme="dark"]')


def test_both_themes_have_every_colour():
    colours = {name for name, value in LIGHT.items() if value.startswith("#")}
    assert colours == {name for name, value in DARK.items() if value.startswith("#")}


def luminance(colour: str) -> float:
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
def test_texts_and_fills_have_contrast(colours):
    for name in ("ink", "ink-2", "accent", "success", "failed", "rollback", "progress", "nodata"):
        assert contrast(colours[f"--{name}"], colours["--card"]) >= 4.5, name
    for tone in ("success", "failed", "rollback", "progress", "nodata"):
        assert contrast(colours[f"--{tone}"], colours[f"--{tone}-tint"]) >= 4.5, tone
        assert contrast(colours[f"--chart-{tone}"], colours["--card"]) >= 3, tone
    for step in range(5):
        assert contrast(colours[f"--heat-{step}"], colours[f"--heat-ink-{step}"]) >= 4.5, step


def test_the_charts_library_is_the_version_plotly_serves():
    [bundle] = ASSETS.glob("1-plotly-basic-*.min.js")
    version = get_plotlyjs_version()
    assert bundle.name == f"1-plotly-basic-{version}.min.js"
    assert f"(basic - minified) v{version}" in bundle.read_text()[:200]


def test_our_assets_fetch_nothing_from_elsewhere():
    ours = [path for path in ASSETS.glob("*.*") if path.suffix in (".css", ".js") and "plotly" not in path.name]
    assert len(ours) >= 5
    for path in ours:
        assert not re.findall(r"(?:url\(|@import|fetch\()\s*[\"']?(?:https?:)?//", path.read_text()), path.name


def test_every_file_of_others_has_its_licence():
    assert {path.stem for path in (ASSETS / "licences").glob("*.txt")} == {
        "bootstrap", "bootstrap-icons", "inter", "jetbrains-mono", "plotly.js",
    }  # fmt: skip


def test_charts_upload_nothing():
    assert figures.CONFIG["showSendToCloud"] is False
    assert figures.CONFIG["plotlyServerURL"] == ""
    assert "http" not in json.dumps(figures.CONFIG)
