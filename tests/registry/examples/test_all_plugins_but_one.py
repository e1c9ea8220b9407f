"""The paper's pages and tables stand in the database: with all plugins removed but one, they print the same numbers.

What the removed analyses computed is marked; nothing else changes, and nothing answers with an error.
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
VALUES = re.compile(r'<table class="booktabs values stacks">(.*?)</table>', re.DOTALL)
ROW = re.compile(r"<tr[ >](.*?)</tr>", re.DOTALL)
CELL = re.compile(r"<td[^>]*>(.*?)</td>", re.DOTALL)
TAG = re.compile(r"<[^>]+>")


@contextmanager
def left(*names: str) -> Iterator[None]:
    """Every other plugin is disabled."""
    others = [plugin.name for plugin in plugin_loading.current().loaded if plugin.name not in names]
    try:
        with override_settings(REGISTRY_DISABLED_PLUGINS=others):
            plugin_loading.load()
            assert {plugin.name for plugin in plugin_loading.current().loaded if not plugin.disabled} == set(names)
            yield
    finally:
        plugin_loading.load()


def numbers_of(client: Client, cell: Cell) -> list[tuple[str, ...]]:
    """What the page of a cell prints of each quantity, reported, computed and compared, without its name."""
    response = client.get(f"/cells/{cell.refcode}/")
    assert response.status_code == 200, cell
    rows = [row for table in VALUES.findall(response.content.decode()) for row in ROW.findall(table)]
    texts = [tuple(" ".join(TAG.sub(" ", item).split()) for item in CELL.findall(row)) for row in rows]
    return sorted(text for text in texts if text)


def printed(slug: str) -> PrintedTable:
    return format_table(get_table(slug, AnonymousUser()), AnonymousUser())


def words(table: PrintedTable) -> list[tuple[str, ...]]:
    """Every cell of a table as printed, with its digits."""
    return [tuple(f"{item.text} {item.digits} {item.number}" for item in row) for row in table.rows]


@pytest.mark.parametrize("one", ONE_OF_EACH_KIND[::2])
def test_the_pages_of_the_cells_print_the_same_numbers(client: Client, one: str) -> None:
    cells = list(Cell.objects.order_by("pk"))
    before = [numbers_of(client, cell) for cell in cells]
    assert sum(map(len, before)) > 60
    with left(one):
        after = [numbers_of(client, cell) for cell in cells]
    marked = sum(MARK in text for lines in after for line in lines for text in line)
    assert [[tuple(text.replace(MARK, "") for text in line) for line in lines] for lines in after] == before
    kept = Value.objects.filter(is_latest=True, run__analysis=one.partition(".")[2].replace("_", "-"))
    computed = Value.objects.filter(is_latest=True, origin="computed")
    assert marked == computed.count() - kept.count() > 0


@pytest.mark.parametrize("slug", TABLES)
def test_the_tables_print_the_same_and_mark_what_nothing_computes_any_more(client: Client, slug: str) -> None:
    before = printed(slug)
    with left("plugins.paper_tables"):
        after = printed(slug)
        assert client.get(f"/compare/{slug}/").status_code == 200
    assert words(after) == words(before)
    assert (after.headings, after.references) == (before.headings, before.references)
    added = [note for note in after.footnotes if note not in before.footnotes]
    assert set(before.footnotes) <= set(after.footnotes)
    assert all(note.startswith("Computed by ") and note.endswith(" is not loaded any more.") for note in added)
    computed = any(item.origin == "computed" and not item.missing for row in before.rows for item in row)
    assert bool(added) is computed


@pytest.mark.parametrize("slug", TABLES)
def test_a_saved_table_prints_the_same_with_a_table_format_alone(client: Client, slug: str) -> None:
    definition = table_definition(get_table(slug, AnonymousUser()))
    project = Project.objects.earliest("pk")
    save_record(Comparison(project=project, slug=f"our-{slug}", title="Ours", definition=definition), by=None)
    before = words(printed(slug))
    with left("plugins.table_formats.markdown"):
        assert words(printed(f"our-{slug}")) == before
        said = StringIO()
        call_command("table", f"our-{slug}", stdout=said)
        assert client.get(f"/compare/our-{slug}/?format=md").content.decode() == said.getvalue()
        assert client.get(f"/compare/{slug}/").status_code == 404
        assert client.get(f"/compare/our-{slug}/?format=csv").status_code == 400


@pytest.mark.parametrize("one", ONE_OF_EACH_KIND)
def test_every_other_page_answers(client: Client, admin_client: Client, one: str) -> None:
    latest = AnalysisRun.objects.filter(is_latest=True)
    runs = [latest.filter(analysis=name).first() for name in latest.order_by().values_list("analysis").distinct()]
    addresses = ["/", "/cells/", "/compare/", "/materials/", "/publications/", "/audit/", "/plugins/"]
    addresses += [f"/runs/{run.pk}/" for run in runs if run]
    addresses += [f"/api/{name}/" for name in ("cells", "values", "runs", "curves", "comparisons", "plugins/gone")]
    with left(one):
        for address in addresses:
            assert client.get(address).status_code == 200, address
        for name in ("value", "analysisrun", "measurement", "comparison"):
            assert admin_client.get(f"/admin/registry/{name}/").status_code == 200, name
        call_command("audit", stdout=StringIO())
        call_command("analyze", stdout=StringIO())


def test_without_any_format_a_table_says_so(client: Client) -> None:
    with left("plugins.paper_tables"):
        with pytest.raises(CommandError, match=r"There is no table format ‘md’\. There are: none\."):
            call_command("table", "low-pressure-cells", stdout=StringIO())
        assert "Available formats: none." in client.get("/compare/low-pressure-cells/?format=md").content.decode()
        assert client.get("/api/comparisons/low-pressure-cells/").status_code == 400
