"""Comparison tables as one accessible HTML document that needs nothing from outside and runs no script."""

from urllib.parse import quote

from registry.contract.table_text import (
    NO_ROWS,
    differs_mark,
    footnote_letters,
    lay_out,
    number_of,
    one_line,
    reference_text,
    thin_space,
)
from registry.hookspecs import Heading, PrintedTable, TableCell, TableFormat, hookimpl

CONTRACT_VERSION = 2

_DOCUMENT = """\
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{ table.title | line }}</title>
<style>
body { font: 16px/1.5 system-ui, sans-serif; color: #1b1b1b; background: #fff; margin: 2rem; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; border-top: 2px solid; border-bottom: 2px solid; }
caption { text-align: left; padding-bottom: .6rem; }
caption strong { display: block; }
th, td { padding: .3rem .8rem; text-align: left; vertical-align: baseline; }
thead { border-bottom: 1px solid; }
tbody tr + tr { border-top: 1px solid #ddd; }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.missing { font-style: italic; color: #595959; }
.unit { font-weight: normal; white-space: nowrap; }
sup { line-height: 0; }
section { font-size: .9rem; max-width: 60rem; }
h2 { font-size: 1rem; }
.notes { list-style: none; padding: 0; }
</style>
</head>
<body>
<div class="scroll" role="region" aria-labelledby="{{ id }}-title" tabindex="0">
<table id="{{ id }}">
<caption id="{{ id }}-title"><strong>{{ table.title | line }}</strong>{% if table.caption %} {{ table.caption | line }}\
{% endif %}</caption>
<thead>
<tr>
{% for cell in layout.head %}
{{ printed(cell, layout.numeric[loop.index0], "col") }}
{% endfor %}
</tr>
</thead>
<tbody>
{% for line in layout.body %}
<tr>
{% for cell in line %}
{{ printed(cell, layout.numeric[loop.index0], "row") }}
{% endfor %}
</tr>
{% endfor %}
{% if not table.rows %}
<tr><td colspan="{{ layout.head | length }}">{{ no_rows }}</td></tr>
{% endif %}
</tbody>
</table>
</div>
{% if table.footnotes %}
<section aria-label="Notes">
<ul class="notes">
{% for footnote in table.footnotes %}
{% set mark = footnote_letters(loop.index) -%}
<li id="{{ id }}-note-{{ mark }}"><sup>{{ mark }}</sup> {{ footnote | line }}</li>
{% endfor %}
</ul>
</section>
{% endif %}
{% if table.references %}
<section>
<h2>References</h2>
<ol>
{% for reference in table.references %}
<li value="{{ reference.number }}">{{ reference_text(reference) }}\
{% if reference.doi %} <a href="{{ reference.doi | doi_address }}">doi:{{ reference.doi | line }}</a>{% endif %}</li>
{% endfor %}
</ol>
</section>
{% endif %}
</body>
</html>
"""

_MACROS = """\
{% macro heading(cell) -%}
{{ cell.title | line }}{% if cell.unit %} <span class="unit">/ {{ cell.unit | line }}</span>{% endif %}
{%- endmacro %}
{% macro noted(cell) -%}
{{ cell.text | line }}{{ differs_mark(cell) }}{% if cell.notes %}\
{{ thin_space(cell.text) }}<sup>{% for note in cell.notes %}\
{% set mark = footnote_letters(note) %}\
<a href="#{{ id }}-note-{{ mark }}">{{ mark }}</a>{{ "," if not loop.last }}{% endfor %}</sup>\
{% endif %}
{%- endmacro %}
{% macro printed(cell, numeric, scope) -%}
{% if is_heading(cell) -%}
<th scope="{{ scope }}"{% if numeric %} class="number"{% endif %}>{{ heading(cell) }}</th>
{%- elif scope == "col" -%}
<th scope="col"{% if numeric %} class="number"{% endif %}>{{ noted(cell) }}</th>
{%- else -%}
<td{% if classes(cell, numeric) %} class="{{ classes(cell, numeric) }}"{% endif %}>{{ noted(cell) }}</td>
{%- endif %}
{%- endmacro %}
"""


def _doi_address(doi: str) -> str:
    """Return the link of a DOI; the scheme and host are fixed, so no text can make it run anything."""
    return "https://doi.org/" + quote(one_line(doi), safe="/():;.")


def _classes(cell: TableCell, numeric: bool) -> str:
    names = {"number": numeric or number_of(cell) is not None, "missing": cell.missing}
    return " ".join(name for name, holds in names.items() if holds)


def render(table: PrintedTable) -> bytes:
    """Write a table as an HTML document."""
    # Imported when a table is written: no process pays for it at start.
    from jinja2 import Environment, StrictUndefined

    environment = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=StrictUndefined)
    environment.filters |= {"line": one_line, "doi_address": _doi_address}
    document = environment.from_string(_MACROS + _DOCUMENT)
    text = document.render(
        table=table,
        layout=lay_out(table),
        id=table.slug,
        no_rows=NO_ROWS,
        footnote_letters=footnote_letters,
        differs_mark=differs_mark,
        thin_space=thin_space,
        reference_text=reference_text,
        classes=_classes,
        is_heading=lambda cell: isinstance(cell, Heading),
    )
    return (text.strip() + "\n").encode()


@hookimpl
def register_table_formats() -> list[TableFormat]:
    """Add the format `html`."""
    return [TableFormat(name="html", media_type="text/html; charset=utf-8", extension="html", render=render)]
