"""Every definition of a number on any screen, in one place: `/docs/metrics` shows them, numbers link to them."""

from data import definitions_delivery, definitions_quality, definitions_scorecard, definitions_screens
from data.definition_models import Chapter, Definition

CHAPTERS: tuple[Chapter, ...] = (
    *definitions_delivery.CHAPTERS,
    *definitions_quality.CHAPTERS,
    *definitions_scorecard.CHAPTERS,
    *definitions_screens.CHAPTERS,
)
DEFINITIONS: dict[str, Definition] = {one.anchor: one for chapter in CHAPTERS for one in chapter.definitions}
ANCHORS = frozenset(DEFINITIONS) | {chapter.anchor for chapter in CHAPTERS}
