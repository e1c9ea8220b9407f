"""Notes of records, which are written in Markdown."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from registry.web.presentation.markdown import render_markdown

register = template.Library()


@register.simple_tag
def notes(text: str, first_heading: int = 3) -> SafeString:
    """The notes of a record, nothing if there are none; headings in them are of this level and below."""
    if not text.strip():
        return mark_safe("")
    return format_html('<div class="notes">{}</div>', render_markdown(text, first_heading=first_heading))
