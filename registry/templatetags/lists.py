"""Heads and cells of long lists."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from registry.web.presentation.list_page import SortLink

register = template.Library()


@register.simple_tag
def sort_state(links: Mapping[str, SortLink], name: str) -> SafeString:
    """The attribute of a column head that says how the list is sorted by it."""
    link = links.get(name)
    return format_html(' aria-sort="{}"', link.direction) if link and link.direction else mark_safe("")


@register.simple_tag
def sort_link(links: Mapping[str, SortLink], name: str, title: str) -> SafeString:
    """The title of a column, as a link that sorts by it."""
    link = links.get(name)
    return format_html('<a class="sort" href="{}">{}</a>', link.url, title) if link else format_html("{}", title)


@register.filter
def short_format(cell: Any) -> str:
    """The format of a cell without its explanation."""
    return str(cell.get_format_display()).partition(" (")[0].lower()


@register.filter
def numbers_of(row: Any, columns: Sequence[Any]) -> Iterable[tuple[Any, Any]]:
    """The columns of a row, each with its number."""
    return zip(columns, row.numbers, strict=True)
