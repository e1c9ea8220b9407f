"""Every page of a simulated cell says so, and no page of a measured one does."""

import pytest
from django.test import Client

from registry.models import Cell, CellOrigin, Curve, Project
from registry.services.record import save_record
from tests import factories
from tests.registry.web.conftest import list_page_urls

TAG = '<span class="tag simulated">simulated</span>'


def pages_of(cell: Cell, client: Client) -> dict[str, str]:
    """The text of each page that names the cell."""
    curve = Curve.objects.filter(run__cell=cell).latest("pk")
    group = factories.make_group(cell.project, cell)
    own = [f"/curves/{curve.pk}/", f"/groups/{group.pk}/", "/audit/"]
    urls = [url for url in (*list_page_urls(cell), *own) if not url.endswith("/file/")]
    texts = {url: client.get(url).content.decode() for url in urls}
    return {url: text for url, text in texts.items() if cell.refcode in text}


@pytest.fixture
def simulated(cell: Cell) -> Cell:
    cell.origin = CellOrigin.SIMULATED
    return save_record(cell, by=None)


def test_every_page_of_a_simulated_cell_says_so(simulated: Cell, client: Client) -> None:
    pages = pages_of(simulated, client)
    assert len(pages) >= 6
    assert [url for url, text in pages.items() if TAG not in text] == []


def test_no_page_of_a_measured_cell_says_so(cell: Cell, client: Client) -> None:
    assert [url for url, text in pages_of(cell, client).items() if TAG in text] == []


def test_lists_leave_it_out_and_say_how_many(simulated: Cell, client: Client) -> None:
    factories.make_cell(simulated.project, label="Measured")
    text = client.get("/cells/").content.decode()
    assert simulated.refcode not in text
    assert '<a href="/cells/?origin=simulated">1 simulated</a>' in text
    assert simulated.refcode in client.get("/cells/?origin=simulated").content.decode()
    home = client.get("/").content.decode()
    assert "Not counted: 1 <a" in home
    assert simulated.refcode not in home


def test_groups_of_simulated_cells_have_a_table_of_their_own(simulated: Cell, client: Client) -> None:
    project: Project = simulated.project
    factories.make_group(project, simulated, name="Of models")
    factories.make_group(project, factories.make_cell(project), name="Of cells")
    response = client.get("/groups/")
    assert [group.name for group in response.context["groups"]] == ["Of cells"]
    assert [group.name for group in response.context["simulated"]] == ["Of models"]
    assert TAG in response.content.decode()


def test_the_file_of_cycle_data_says_so(simulated: Cell, client: Client) -> None:
    measurement = simulated.measurements.get(technique="cycling")
    response = client.get(f"/measurements/{measurement.refcode}/cycles.csv")
    assert response.headers["Content-Disposition"].endswith(f'{measurement.refcode}-simulated-cycles.csv"')


def test_a_row_of_the_list_says_it_once(simulated: Cell, client: Client) -> None:
    row = client.get("/cells/?origin=simulated").content.decode().partition("<tbody>")[2].partition("</tr>")[0]
    assert row.count("simulated") == TAG.count("simulated")
