"""What every chart shares: markup as text, a height of its style sheet, a drag that means one thing."""

from components import figures


def test_labels_show_markup_as_text():
    assert (
        figures.plain("<b>x</b><a href='javascript:1'>%{y}")
        == "&lt;b&gt;x&lt;/b&gt;&lt;a href='javascript:1'&gt;% {y}"
    )


def test_a_graph_has_a_height_of_its_style_sheet_and_is_not_responsive():
    graph = figures.graph({"type": "graph"}, {"data": [], "layout": {}})
    assert graph["props"]["className"] == "chart"
    assert "responsive" not in graph["props"]["config"]


def test_an_image_of_a_chart_is_named_after_it_and_nothing_is_uploaded():
    config = figures.graph({"type": "graph"}, {"data": [], "layout": {}}, "builds-2026-02-01")["props"]["config"]
    assert config["toImageButtonOptions"]["filename"] == "builds-2026-02-01"
    assert (config["showSendToCloud"], config["plotlyServerURL"]) == (False, "")


def test_where_a_drag_narrows_the_range_nothing_else_zooms():
    narrowing = figures.graph({"type": "graph"}, {"data": [], "layout": figures.over_time({}, "day", 14)})
    zooming = figures.graph({"type": "graph"}, {"data": [], "layout": {}})
    assert "zoomOut2d" in narrowing["props"]["config"]["modeBarButtonsToRemove"]
    assert "zoomOut2d" not in zooming["props"]["config"]["modeBarButtonsToRemove"]


def test_few_points_are_no_line():
    labels = ["a", "b", "c", "d", "e", "f"]
    assert figures.line("x", [1, 2, 3, 4, None, None], labels)["mode"] == "markers"
    assert figures.line("x", [1, 2, 3, 4, 5, None], labels)["mode"] == "lines+markers"


def test_a_few_days_have_a_tick_each_and_no_day_two():
    assert figures.over_time({}, "day", 3)["xaxis"]["dtick"] == 86_400_000
    assert "dtick" not in figures.over_time({}, "day", 30)["xaxis"]
