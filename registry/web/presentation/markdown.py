"""Notes that people write in Markdown, as HTML that is safe in a page."""

import re
from functools import cache
from typing import TYPE_CHECKING, Any

from django.utils.html import linebreaks
from django.utils.safestring import SafeString, mark_safe

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

LONGEST = 20_000
"""Characters; a longer text is shown as it is, since rendering it would keep other people waiting."""
SAFE_LINK = re.compile(r"https?://|mailto:|[/#]", re.IGNORECASE)
LOWEST_HEADING = 6


def render_markdown(text: str, *, first_heading: int) -> SafeString:
    """Return the text as HTML; its main headings are of this level, which is below that of the section it is in.

    HTML in the text is shown as text. Images become links, so that reading a note tells no other server about it.
    """
    if len(text) > LONGEST:
        return mark_safe(linebreaks(text, autoescape=True))
    parser = _parser()
    tokens = parser.parse(text)
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            level = min(int(token.tag[1:]) + first_heading - 1, LOWEST_HEADING)
            token.tag = f"h{level}"
    return mark_safe(parser.renderer.render(tokens, parser.options, {}))


def _is_safe_link(url: str) -> bool:
    """Whether a link leads to a page, and not to something that a browser would run."""
    return bool(SAFE_LINK.match(url))


@cache
def _parser() -> "MarkdownIt":
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark", {"html": False, "breaks": True}).enable(["table", "strikethrough"])
    parser.disable(["image", "html_block", "html_inline"])
    parser.validateLink = _is_safe_link  # type: ignore[method-assign]
    parser.add_render_rule("link_open", _open_link)
    parser.add_render_rule("table_open", _open_table)
    parser.add_render_rule("table_close", _close_table)
    return parser


def _open_link(renderer: Any, tokens: Any, index: int, options: Any, env: Any) -> str:
    tokens[index].attrSet("rel", "nofollow noopener")
    return str(renderer.renderToken(tokens, index, options, env))


def _open_table(renderer: Any, tokens: Any, index: int, options: Any, env: Any) -> str:
    """A wide table scrolls by itself, also by keyboard."""
    return '<div class="scroll" role="region" aria-label="Table" tabindex="0"><table class="plain">\n'


def _close_table(renderer: Any, tokens: Any, index: int, options: Any, env: Any) -> str:
    return "</table></div>\n"
