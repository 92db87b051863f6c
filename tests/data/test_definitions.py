"""The definitions: each has one anchor, names where it is shown, and whatever names an anchor names one there is."""

from components.delivery_words import anchor
from components.links import safe_url
from data.definitions import ANCHORS, CHAPTERS, DEFINITIONS
from data.delivery_views import MetricId
from data.scorecard_metrics import KINDS


def test_no_anchor_is_given_twice():
    given = [chapter.anchor for chapter in CHAPTERS]
    given += [one.anchor for chapter in CHAPTERS for one in chapter.definitions]
    assert len(given) == len(set(given)) == len(ANCHORS)


def test_every_source_has_an_address_that_can_be_followed():
    sources = [source for one in DEFINITIONS.values() for source in one.sources]
    assert sources and all(safe_url(one.url) for one in sources if one.url)


def test_each_metric_of_delivery_and_of_the_score_card_is_defined():
    assert {anchor(metric) for metric in MetricId} <= DEFINITIONS.keys()
    assert {kind.anchor for kind in KINDS} <= DEFINITIONS.keys()


def test_every_definition_says_something():
    assert all(one.title and one.says.endswith(".") for one in DEFINITIONS.values())
