"""Notes in Markdown: what becomes HTML, and that nothing hostile does."""

import re
from html.parser import HTMLParser

import pytest

from registry.web.presentation.markdown import LONGEST, render_markdown


class Tags(HTMLParser):
    """Lists the elements of a text with their attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))


def elements(text: str) -> list[tuple[str, dict[str, str | None]]]:
    return Tags(render_markdown(text, first_heading=3)).elements


def names(text: str) -> list[str]:
    return [name for name, _ in elements(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("**dry** and *slow*", ["p", "strong", "em"]),
        ("- a\n- b", ["ul", "li", "li"]),
        ("1. a\n2. b", ["ol", "li", "li"]),
        ("one line\nthe next", ["p", "br"]),
        ("~~wrong~~", ["p", "s"]),
        ("`x`", ["p", "code"]),
        ("| a |\n| - |\n| 1 |", ["div", "table", "thead", "tr", "th", "tbody", "tr", "td"]),
        ("", []),
    ],
)
def test_markdown_becomes_html(text: str, expected: list[str]) -> None:
    assert names(text) == expected


def test_headings_are_below_that_of_the_section() -> None:
    text = "\n".join(f"{'#' * level} x" for level in range(1, 7))
    assert names(text) == ["h3", "h4", "h5", "h6", "h6", "h6"]
    assert render_markdown("# x", first_heading=2) == "<h2>x</h2>\n"


def test_a_link_passes_nothing_on() -> None:
    for text in ("[x](https://example.org)", "<https://example.org>", "[x][1]\n\n[1]: https://example.org"):
        ((_, attributes),) = [item for item in elements(text) if item[0] == "a"]
        assert attributes == {"href": "https://example.org", "rel": "nofollow noopener"}


@pytest.mark.parametrize("address", ["/cells/C-00001/", "mailto:lab@example.org", "#record", "http://example.org"])
def test_links_to_pages_and_addresses_work(address: str) -> None:
    assert ("a", {"href": address, "rel": "nofollow noopener"}) in elements(f"[x]({address})")


def test_a_picture_is_a_link() -> None:
    assert names("![x](https://example.org/pixel.png)") == ["p", "a"]
    assert names("![x][1]\n\n[1]: https://example.org/pixel.png") == ["p", "a"]


HOSTILE = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<!-- x --><style>*{}</style>",
    "x <svg/onload=alert(1)>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x](&#x01;javascript:alert(1))",
    "[x](\tjavascript:alert(1))",
    "[x](<java\tscript:alert(1)>)",
    "[x](vbscript:x)",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "![x](data:image/svg+xml;base64,PHN2Zz4=)",
    "![x](javascript:alert(1))",
    "[x](file:///etc/passwd)",
    "[x](intent:x)",
    "<javascript:alert(1)>",
    "[x]: javascript:alert(1)\n\n[x]",
    '[x](https://a "t\\" onmouseover=alert(1)")',
    '```js" onload="alert(1)\nx\n```',
    "[x](https://[)",
    "[![x](javascript:a)](javascript:b)",
    "| <b onclick=x> |\n| - |",
)
ALLOWED = {"p", "a", "br", "pre", "code", "div", "table", "thead", "tr", "th"}
ATTRIBUTES = {"href", "rel", "title", "class", "role", "aria-label", "tabindex"}


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_stays_text(text: str) -> None:
    for name, attributes in elements(text):
        assert name in ALLOWED
        assert set(attributes) <= ATTRIBUTES
        assert re.match(r"https?://|$", attributes.get("href") or "")


def test_a_very_long_text_is_shown_as_it_is() -> None:
    text = "<b>*x*</b> " * (LONGEST // 10)
    assert names(text) == ["p"]
    assert "*x*" in render_markdown(text, first_heading=2)
