"""What stands under every chart: its numbers as a table, and the chart to take away as CSV and as an image."""

from components.exporting import csv_link
from components.tags import Child, Children, Node, el, hidden, icon


def chart_foot(numbers: Children, title: str, csv: str = "", file_name: str = "") -> Node:
    """The foot of the chart `title`; without an address or a name the link or the button is left out."""
    tools: list[Child] = []
    if csv:
        tools.append(csv_link(csv, title))
    if file_name:
        tools.append(el(
            "Button", icon("image"), el("Span", "PNG"), hidden(f" of {title}"), type="button", cls="png",
            title=f"Save {title} as an image", data_png=file_name, data_title=title,
        ))  # fmt: skip
    data = el("Details", el("Summary", "Data"), numbers, cls="chart-data")
    return el("Div", data, el("Div", tools, cls="chart-tools") if tools else None, cls="chart-foot")
