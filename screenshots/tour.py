"""The tour in words and pictures, written from the sights so that it names no picture that is not taken. Pure."""

from collections.abc import Iterable

from screenshots.sights import PHONE, Sight

FOLDER = "screenshots"
HEAD = """# A tour of the dashboard

Every page in one picture, of the demo that `make run` starts. The pictures follow the theme of whoever looks at them;
`make screenshots` takes them anew and writes this page.
"""


def text(sights: Iterable[Sight]) -> str:
    """The whole page, in Markdown."""
    return "\n".join([HEAD, *(section(sight) for sight in sights)])


def section(sight: Sight) -> str:
    """One page: the question it answers, how it is read, its pictures."""
    pictures = [picture(sight.file("light"), sight.file("dark"), sight.title)]
    if sight.phone:
        names = sight.file("light", PHONE), sight.file("dark", PHONE)
        pictures += [
            "<details><summary>On a phone</summary>",
            "",
            picture(*names, f"{sight.title} on a phone", PHONE),
        ]
        pictures += ["", "</details>"]
    return "\n".join([f"## {sight.title}", "", f"**{sight.question}** {sight.reading}", "", *pictures, ""])


def picture(light: str, dark: str, words: str, width: int = 0) -> str:
    """A picture that follows the reader's theme."""
    sized = f' width="{width}"' if width else ""
    return (
        f'<picture><source media="(prefers-color-scheme: dark)" srcset="{FOLDER}/{dark}">'
        f'<img alt="{words}" src="{FOLDER}/{light}"{sized}></picture>'
    )
