"""The definitions of the score card: what a rule says of a service, and how levels are earned."""

from data.definition_models import Chapter, Definition

CARD = (("Score card", "/scorecard"),)

SCORECARD = Chapter("scorecard", "Score card", (
    Definition(
        "score-rule", "Rule",
        "Something the catalog asks of services: a metric, held against a threshold, over the last days or of now.",
        rules=(
            "Kept or not, by the value; no data is not kept, and neither is a sample smaller than the rule wants.",
            "Where only a bound of a value is known, the rule is judged only if the bound decides it.",
            "A rule that is not asked of a service's team or tier counts neither for nor against it.",
        ), shown=CARD,
    ),
    Definition(
        "score-level", "Level",
        "Bronze, Silver or Gold: a service has a level where it keeps all rules of it and of those below.",
        rules=(
            "A level is earned by at least one rule that is kept, never by exemptions or by being asked nothing; "
            "such a level is passed over.",
            "A team's lowest level is that of the service that has the least.",
        ), shown=CARD,
    ),
    Definition(
        "score-exemption", "Exemption",
        "A rule that a service need not keep until a day, with a reason and who approved it.",
        rules=("It counts neither for nor against; after its last day it is shown as expired and the rule counts.",),
        shown=CARD,
    ),
    Definition(
        "score-history", "Level by week",
        "The level at the last snapshot of each of the twelve weeks before the running one.",
        rules=("A week without a snapshot is a gap. A day is judged by the rules of the day it was kept.",),
        shown=CARD,
    ),
))  # fmt: skip
CHAPTERS = (SCORECARD,)
