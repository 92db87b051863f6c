"""Trees as HTML text: a parser reads back the tree that went in; what could do harm is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.markup import SOURCE, drawn, fragment, to_html
from components.tags import BOOTSTRAP, el, hidden, icon, node
from tests.reading import parsed, words

NASTY = ['<img src=x onerror="alert(1)">', "</td></tr></table><script>x</script>", '" onclick="x', "&lt;b&gt;",
         "<!--", "]]>", "&#x3c;script", "a\r\nb\rc", "' autofocus onfocus='x", "\u2028", "<\0b>"]  # fmt: skip
TEXTS = st.text() | st.sampled_from(NASTY)
ATTRIBUTES = st.fixed_dictionaries(
    {}, optional=dict.fromkeys(("title", "id", "cls", "aria_label", "data_key", "role"), TEXTS)
)


@st.composite
def trees(draw, depth=3):
    """A tree of elements that may stand in one another."""
    inside = st.lists(TEXTS | trees(depth - 1) if depth else TEXTS, max_size=3)
    return el(draw(st.sampled_from(["Div", "Section"])), *draw(inside), **draw(ATTRIBUTES))


def plain(tree):
    """A tree as a parser would name it: texts that touch are one, NUL cannot be written."""
    if isinstance(tree, str):
        return tree.replace("\0", "\ufffd")
    children = tree["props"].get("children", [])
    joined: list[object] = []
    for one in map(plain, children if isinstance(children, list) else [children]):
        if isinstance(one, str) and joined and isinstance(joined[-1], str):
            joined[-1] += one
        elif one != "":
            joined.append(one)
    named = {"className": "class"}
    given = {named.get(name, name): plain(value) for name, value in tree["props"].items() if name != "children"}
    return tree["type"].lower(), given, joined


def read(found):
    """The same of what was parsed."""
    props = dict(found["props"])
    children = props.pop("children", [])
    props |= {"class": props.pop("className")} if "className" in props else {}
    inside = children if isinstance(children, list) else [children]
    return found["type"].lower(), props, [one if isinstance(one, str) else read(one) for one in inside]


@given(trees())
def test_whatever_goes_in_is_read_back_as_the_same_tree(tree):
    [found] = parsed(to_html(tree))
    assert read(found) == plain(tree)


@pytest.mark.parametrize("text", NASTY)
def test_text_that_wants_to_be_markup_stays_text(text):
    [found] = parsed(to_html(el("Span", text, title=text)))
    assert found["type"] == "Span"
    assert words(found) == text.replace("\0", "\ufffd")
    assert found["props"]["title"] == text.replace("\0", "\ufffd")


def test_a_table_is_written_as_it_is():
    table = el(
        "Table", el("Caption", "c", cls="visually-hidden"),
        el("Thead", el("Tr", el("Th", "a", colSpan=2, scope="col"))),
        el("Tbody", el("Tr", el("Th", 1, scope="row"), el("Td", icon("x-lg"), hidden("no")))), cls="grid",
    )  # fmt: skip
    assert to_html(table) == (
        '<table class="grid"><caption class="visually-hidden">c</caption>'
        '<thead><tr><th colspan="2" scope="col">a</th></tr></thead>'
        '<tbody><tr><th scope="row">1</th><td><i class="bi bi-x-lg" aria-hidden="true"></i>'
        '<span class="visually-hidden">no</span></td></tr></tbody></table>'
    )


def test_a_tree_becomes_one_component():
    shown = drawn(el("P", "a < b"), cls="wide")
    assert shown["props"] == {"className": "wide", SOURCE: "<p>a &lt; b</p>"}


@pytest.mark.parametrize(
    "tree",
    [
        el("Script", "x"), el("Iframe"), el("Img", src="x"), el("Form"), el("Style", "x"), node(BOOTSTRAP, "Input"),
        {"namespace": "x", "type": "Div", "props": {}}, el("Div", el("Div", el("Object"))),
    ],
)  # fmt: skip
def test_tags_that_are_not_known_to_be_harmless_are_refused(tree):
    with pytest.raises(ValueError, match="no tag"):
        to_html(tree)


@pytest.mark.parametrize("props", [
    {"onclick": "x"}, {"onClick": "x"}, {"srcDoc": "x"}, {"style": "x"}, {"data_html": "<b>"}, {"action": "x"},
    {"data_": "x"}, {'x="" onclick': "x"}, {'data-a" onclick': "x"}, {"href": "/"}, {"type": "submit"},
])  # fmt: skip
def test_attributes_that_are_not_known_to_be_harmless_are_refused(props):
    with pytest.raises(ValueError, match="no attribute"):
        to_html(el("Div", **props))


@pytest.mark.parametrize("props", [{"title": ["x"]}, {"title": {}}, {"title": True}, {"style": {"a": 1}}])
def test_values_that_are_no_text_are_refused(props):
    with pytest.raises(ValueError, match="cannot be"):
        to_html(el("Div", **props))


@pytest.mark.parametrize("href", [
    "javascript:x", " javascript:x", "JAVASCRIPT:x", "java\nscript:x", "data:text/html,x", "//evil.example.com",
    "/\\evil", "vbscript:x", "http://u:p@host/", "x", "", "/a\tb", "https://", "ftp://host/",
])  # fmt: skip
def test_addresses_that_are_neither_ours_nor_plain_http_are_refused(href):
    with pytest.raises(ValueError, match="no address"):
        to_html(el("A", "x", href=href))


@pytest.mark.parametrize("href", ["/", "/services/a%2Fb?x=1&y=2#z", "#here", "https://ci.example.com/1?a=b&c=%22"])
def test_addresses_lead_where_they_did(href):
    [found] = parsed(to_html(el("A", "x", href=href)))
    assert found["props"]["href"] == href


@pytest.mark.parametrize(
    "tree",
    [
        el("Table", "text"), el("Table", el("Tr")), el("Div", el("Td", "x")), el("Div", el("Tr")), el("Ul", "x"),
        el("Tr", el("Td", el("Td"))), el("P", el("Div")), el("A", el("Span", el("A", "x", href="/")), href="/"),
        el("Button", el("A", "x", href="/")), el("Div", el("Li", "x")), el("Thead", el("Td")), el("Span", el("Div")),
    ],
)  # fmt: skip
def test_nesting_that_a_browser_would_read_otherwise_is_refused(tree):
    with pytest.raises(ValueError, match="cannot stand in"):
        to_html(tree)


def test_what_was_written_is_put_in_as_it_is_and_only_where_it_may_stand():
    row = fragment(el("Tr", el("Td", "<b>")))
    assert to_html(el("Table", el("Tbody", row))) == "<table><tbody><tr><td>&lt;b&gt;</td></tr></tbody></table>"
    with pytest.raises(ValueError, match="cannot stand in"):
        to_html(el("Div", row))
    with pytest.raises(ValueError, match="no tag"):
        fragment(el("Script"))


def test_text_that_only_looks_like_it_is_escaped():
    assert to_html(el("P", str(fragment(el("B", "x"))) + "")) == "<p>&lt;b&gt;x&lt;/b&gt;</p>"
