"""Publications."""

from django.test import Client

from registry.models import Project
from tests import factories


def test_counts_only_the_cells_the_reader_may_see(public_project: Project, project: Project, client: Client) -> None:
    paper = factories.make_publication(public_project)
    factories.make_cell(public_project, origin="literature", publication=paper)
    factories.make_cell(project, origin="literature", publication=paper)
    assert client.get("/publications/").context["publications"][0].cell_count == 1


def test_offers_bibtex_and_the_doi(public_project: Project, client: Client) -> None:
    paper = factories.make_publication(public_project, key="zhang2025", doi="10.1002/aenm.202404817")
    text = client.get(f"/publications/{paper.pk}/").content.decode()
    assert "@article{zhang2025," in text
    assert 'href="https://doi.org/10.1002/aenm.202404817"' in text
