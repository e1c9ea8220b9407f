"""With all plugins but one disabled, pages and tables print the same numbers.

Values of disabled analyses are marked; nothing else changes and no page fails.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.management import CommandError, call_command
from django.test import Client, override_settings

from registry import plugin_loading
from registry.hookspecs import PrintedTable
from registry.models import AnalysisRun, Cell, Comparison, Project, Value
from registry.selectors.comparison.tables import format_table, get_table, table_definition
from registry.services.record import save_record

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("paper")]

TABLES = ("electronic-conductivity-vgcf", "conductivity-pressure", "low-pressure-cells", "pouch-energy-density")
ONE_OF_EACH_KIND = (
    "plugins.paper_tables",
    "plugins.table_formats.markdown",
    "plugins.electronic_conductivity",
    "plugins.readers.maccor",
)
MARK = " plugin not loaded"
VALUES = re.compile(r'<table class="plain values stacks">(.*?)</table>', re.DOTALL)
ROW = re.compile(r"<tr[ >](.*?)</tr>", re.DOTALL)
CELL = re.compile(r"<td[^>]*>(.*?)</td>", re.DOTALL)
TAG = re.compile(r"<[^>]+>")


@contextmanager
def only(*names: str) -> Iterator[None]:
    """Disable all other plugins."""
    others = [plugin.name for plugin in plugin_loading.current().loaded if plugin.name not in names]
    try:
        with override_settings(REGISTRY_DISABLED_PLUGINS=others):
            plugin_loading.load()
            assert {plugin.name for plugin in plugin_loading.current().loaded if not plugin.disabled} == set(names)
            yield
    finally:
        plugin_loading.load()


def get_page_numbers(client: Client, cell: Cell) -> list[tuple[str, ...]]:
    """Return the reported, computed and compared numbers on a cell page, without quantity names."""
    response = client.get(f"/cells/{cell.refcode}/")
    assert response.status_code == 200, cell
    rows = [row for table in VALUES.findall(response.content.decode()) for row in ROW.findall(table)]
    texts = [tuple(" ".join(TAG.sub(" ", cell_text).split()) for cell_text in CELL.findall(row)) for row in rows]
    return sorted(text for text in texts if text)


def get_printed_table(slug: str) -> PrintedTable:
    return format_table(get_table(slug, AnonymousUser()), AnonymousUser())


def list_texts(table: PrintedTable) -> list[tuple[str, ...]]:
    """Return every cell of a table as printed, with its digits."""
    return [tuple(f"{item.text} {item.digits} {item.number}" for item in row) for row in table.rows]


@pytest.mark.parametrize("plugin", ONE_OF_EACH_KIND[::2])
def test_cell_pages_print_the_same_numbers(client: Client, plugin: str) -> None:
    cells = list(Cell.objects.order_by("pk"))
    before = [get_page_numbers(client, cell) for cell in cells]
    assert sum(map(len, before)) > 60
    with only(plugin):
        after = [get_page_numbers(client, cell) for cell in cells]
    marked = sum(MARK in text for lines in after for line in lines for text in line)
    assert [[tuple(text.replace(MARK, "") for text in line) for line in lines] for lines in after] == before
    # Values at places are in tables of their own; what was not computed has no mark.
    values = Value.objects.filter(is_latest=True, at_number__isnull=True, magnitude__isnull=False)
    current = values.filter(run__analysis=plugin.partition(".")[2].replace("_", "-"))
    computed = values.filter(origin="computed")
    assert marked == computed.count() - current.count() > 0


@pytest.mark.parametrize("slug", TABLES)
def test_tables_print_the_same_and_mark_values_of_disabled_analyses(client: Client, slug: str) -> None:
    before = get_printed_table(slug)
    with only("plugins.paper_tables"):
        after = get_printed_table(slug)
        assert client.get(f"/compare/{slug}/").status_code == 200
    assert list_texts(after) == list_texts(before)
    assert (after.headings, after.references) == (before.headings, before.references)
    added = [note for note in after.footnotes if note not in before.footnotes]
    assert set(before.footnotes) <= set(after.footnotes)
    assert all(note.startswith("Computed by ") and note.endswith(" is not loaded.") for note in added)
    computed = any(item.origin == "computed" and not item.missing for row in before.rows for item in row)
    assert bool(added) is computed


@pytest.mark.parametrize("slug", TABLES)
def test_a_saved_table_prints_the_same_with_a_table_format_alone(client: Client, slug: str) -> None:
    definition = table_definition(get_table(slug, AnonymousUser()))
    project = Project.objects.earliest("pk")
    save_record(Comparison(project=project, slug=f"saved-{slug}", title="Saved", definition=definition), by=None)
    before = list_texts(get_printed_table(slug))
    with only("plugins.table_formats.markdown"):
        assert list_texts(get_printed_table(f"saved-{slug}")) == before
        output = StringIO()
        call_command("table", f"saved-{slug}", stdout=output)
        assert client.get(f"/compare/saved-{slug}/?format=md").content.decode() == output.getvalue()
        assert client.get(f"/compare/{slug}/").status_code == 404
        assert client.get(f"/compare/saved-{slug}/?format=csv").status_code == 400


@pytest.mark.parametrize("plugin", ONE_OF_EACH_KIND)
def test_all_other_pages_work(client: Client, admin_client: Client, plugin: str) -> None:
    latest = AnalysisRun.objects.filter(is_latest=True)
    runs = [latest.filter(analysis=name).first() for name in latest.order_by().values_list("analysis").distinct()]
    addresses = ["/", "/cells/", "/compare/", "/materials/", "/publications/", "/audit/", "/plugins/"]
    addresses += [f"/runs/{run.pk}/" for run in runs if run]
    addresses += [f"/api/{name}/" for name in ("cells", "values", "runs", "curves", "comparisons", "plugins/orphans")]
    with only(plugin):
        for address in addresses:
            assert client.get(address).status_code == 200, address
        for name in ("value", "analysisrun", "measurement", "comparison"):
            assert admin_client.get(f"/admin/registry/{name}/").status_code == 200, name
        call_command("audit", stdout=StringIO())
        call_command("analyze", stdout=StringIO())


def test_without_table_formats_the_error_says_so(client: Client) -> None:
    with only("plugins.paper_tables"):
        with pytest.raises(CommandError, match=r"‘md’.* none\."):
            call_command("table", "low-pressure-cells", stdout=StringIO())
        assert ": none." in client.get("/compare/low-pressure-cells/?format=md").content.decode()
        assert client.get("/api/comparisons/low-pressure-cells/").status_code == 400
