"""The ingest lab: a delivery to type, paste or choose, and what would become of it."""

from collections.abc import Sequence

import orjson

from components.badges import badge
from components.delivery_list import verdict_badge
from components.filters import segments
from components.links import page_path
from components.panel import facts
from components.samples import Sample
from components.tags import BOOTSTRAP, Child, Node, el, mono, node
from components.theme import Look
from ingest.effects import Effect
from ingest.explaining import CredentialWord, Explained, Explanation
from ingest.lab import Tried

PATH = "/ingest"
BODY, HEADERS, SENDER, PARAMS, TRY, RESULT = (
    "lab-body", "lab-headers", "lab-sender", "lab-params", "lab-try", "lab-result",
)  # fmt: skip
ANY_SENDER = "recognise"  # a select keeps the empty value for itself
CREDENTIALS = {
    True: Look("Valid", "check-circle-fill", "success"),
    False: Look("Not valid", "x-octagon-fill", "failed"),
    None: Look("Not checked", "question-circle", "nodata"),
}


def sample_choice(titles: Sequence[tuple[str, str]], current: str) -> Node:
    """The samples; each is an address of its own."""
    options = [(title, page_path(PATH, {"view": "lab", "sample": name}), name == current) for name, title in titles]
    return segments("Samples", options)


def form(sample: Sample, senders: Sequence[str]) -> Node:
    """The delivery. What is typed stays in the browser until it is tried."""
    listed = [{"value": ANY_SENDER, "label": "By headers, then by shape"}]
    listed += [{"value": name, "label": name} for name in senders]
    sender = node(BOOTSTRAP, "Select", id=SENDER, options=listed, value=sample.sender or ANY_SENDER)
    params = node(BOOTSTRAP, "Input", id=PARAMS, type="text", value=sample.params, maxLength=2000)
    headers = node(BOOTSTRAP, "Textarea", id=HEADERS, value=sample.headers, rows=5, className="code-field")
    body = node(BOOTSTRAP, "Textarea", id=BODY, value=sample.body, rows=18, className="code-field")
    file = el("Div", cls="file-choice", data_file_into=BODY, data_label="Or choose a file")
    return el(
        "Div",
        _field(SENDER, "Sender", sender), _field(PARAMS, "Query of the address", params),
        _field(HEADERS, "Headers, a line each", headers, "field field-wide"),
        _field(BODY, "Body", body, "field field-wide"), file,
        el("Button", "Try it", id=TRY, type="button", cls="btn btn-primary", n_clicks=0),
        cls="lab-form",
    )  # fmt: skip


def _field(name: str, label: str, entry: Node, cls: str = "field") -> Node:
    return el("Div", el("Label", label, htmlFor=name), entry, cls=cls)


def result(tried: Tried) -> list[Node]:
    """What would become of it: verdict, credentials, events, names, effects."""
    said = tried.explanation
    via = list(dict.fromkeys([*said.via, *(line for one in said.events for line in one.via)]))
    return [
        el("Div", verdict_badge(said.verdict), _why(said), cls="entry-head"),
        facts([
            ("Sender", mono(said.sender) if said.sender else "not recognised"),
            ("Source", mono(said.source) if said.source else None),
            ("Credentials", _credential(said.credential)),
            ("Names became ids", _lines(via) if via else None),
            ("Not known, ignored", ", ".join(said.unknown_fields) or None),
            ("It would change", _effects(tried.effects)),
        ]),
        *[_event(one) for one in said.events],
    ]  # fmt: skip


def _why(said: Explanation) -> Child:
    words = (said.reason or "").replace("_", " ")
    detail = said.detail or ""
    if not (words or detail):
        return None
    field: list[Child] = [" in ", mono(said.field)] if said.field else []
    return el("Span", el("Span", words, cls="strong"), field, f": {detail}" if detail else None)


def _credential(word: CredentialWord) -> list[Child]:
    return [badge(CREDENTIALS[word.valid]), f" {word.sentence}"]


def _effects(effects: Sequence[Effect] | None) -> Node | str:
    if effects is None:
        return "not known: the database does not answer"
    return _lines([one.sentence for one in effects]) if effects else "nothing"


def _lines(lines: Sequence[str]) -> Node:
    items: list[Child] = [el("Li", line) for line in lines]
    return el("Ul", items, cls="plain")


def _event(one: Explained) -> Node:
    told = orjson.dumps(one.as_json(), option=orjson.OPT_INDENT_2).decode()
    return el("Pre", el("Code", told), cls="command", tabIndex="0", aria_label="Normalised event")


def not_tried(why: str) -> list[Node]:
    """The delivery could not be tried at all."""
    return [el("P", why, cls="notice tone-failed", role="alert")]
