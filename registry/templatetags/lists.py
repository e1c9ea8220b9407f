"""Heads and cells of long lists."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import template
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

from registry.web.presentation.line_widths import line_widths as widths_of
from registry.web.presentation.list_page import COUNT_LIMIT, SortLink
from registry.web.presentation.number_columns import NumberColumn, NumberText

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
def number_cells(row: Any, columns: Sequence[NumberColumn]) -> SafeString:
    """The table cells of the numbers of a row; a template for each of them would take most of the time of a page."""
    cells = zip(columns, row.numbers, strict=True)
    return mark_safe("".join(_number_cell(number, column.fraction_width) for column, number in cells))


def _number_cell(number: NumberText | None, width: float) -> str:
    if number is None:
        return '<td class="number missing">–</td>'
    if number.is_words:
        title = f' title="{escape(number.title)}"' if number.title else ""
        return f'<td class="number"{title}>{escape(number.integer)}</td>'
    uncertainty = f'<span class="uncertain">{escape(number.uncertainty)}</span>' if number.uncertainty else ""
    fraction = f'<span class="fraction" style="min-width:{width:g}ch">{escape(number.fraction)}{uncertainty}</span>'
    return f'<td class="number">{escape(number.integer)}{fraction if width else ""}</td>'


@register.filter
def line_widths(columns: Sequence[NumberColumn], before: int) -> str:
    """The widths of columns of numbers on a phone, after so many others."""
    return widths_of([0.0] * before + [column.line_width for column in columns])


@register.filter
def counted(count: int) -> str:
    """A number of records counted up to a limit: `1,234`, or `more than 10,000`."""
    return f"{count:,}" if count <= COUNT_LIMIT else f"more than {COUNT_LIMIT:,}"
