"""Publications over the API, with BibTeX in and out."""

import pytest
from rest_framework.test import APIClient

from registry.models import Project, Publication
from tests import factories

TWO = r"""
@article{wu2025, author = {Wu, J{\"o}rg and Curie, Marie and others}, title = {{Interfacial Glue}}, year = {2025},
  doi = {https://doi.org/10.1002/aenm.202404817}, journal = {Adv. Energy Mater.}, pages = {1--9}}
@article{li2024, author = {Li, Wei}, title = {On Pressure}, year = 2024}
"""


def test_enters_every_entry_of_a_bibtex_text(api: APIClient, project: Project) -> None:
    answer = api.post("/api/publications/bibtex/", {"project": "lab", "bibtex": TWO})
    assert answer.status_code == 201, answer.json()
    first, second = answer.json()
    assert first["authors"] == "Wu, Jörg\nCurie, Marie\net al."
    assert (first["doi"], first["title"], first["year"]) == ("10.1002/aenm.202404817", "Interfacial Glue", 2025)
    assert (second["key"], second["year"]) == ("li2024", 2024)


def test_names_every_bad_entry_and_enters_none(api: APIClient, project: Project) -> None:
    bad = TWO + (
        "@article{nothing, year = {2020}}\n"
        "@article{when, author={A, B}, title={x}, year={soon}}\n"
        "@article{wu2025, a={b}}"
    )
    answer = api.post("/api/publications/bibtex/", {"project": "lab", "bibtex": bad})
    assert answer.status_code == 400
    told = " ".join(answer.json()["fields"]["bibtex"])
    for words in ("‘nothing’: it has no author and no title", "‘when’: the year ‘soon’", "line 7: Duplicate entry key"):
        assert words in told
    assert not Publication.objects.exists()


def test_refuses_a_key_the_project_has(api: APIClient, project: Project) -> None:
    factories.make_publication(project, key="li2024")
    answer = api.post("/api/publications/bibtex/", {"project": "lab", "bibtex": TWO})
    assert answer.status_code == 400
    assert "entry ‘li2024’: This project already has a publication with this key." in answer.json()["error"]
    assert Publication.objects.count() == 1


def test_refuses_a_text_without_entries(api: APIClient, project: Project) -> None:
    answer = api.post("/api/publications/bibtex/", {"project": "lab", "bibtex": "see the paper"})
    assert answer.status_code == 400
    assert "There is no entry" in answer.json()["error"]


def test_gives_bibtex_of_what_the_filters_leave(api: APIClient, project: Project) -> None:
    factories.make_publication(project, key="one")
    factories.make_publication(project, key="two")
    answer = api.get("/api/publications/bibtex/?key=two")
    assert answer["Content-Type"].startswith("application/x-bibtex")
    assert "@article{two," in answer.content.decode()
    assert "@article{one," not in answer.content.decode()


def test_refuses_what_is_no_doi(api: APIClient, project: Project) -> None:
    sent = {"project": "lab", "key": "a", "authors": "A, B", "title": "x", "doi": "see the web"}
    answer = api.post("/api/publications/", sent)
    assert answer.status_code == 400
    assert "is not a DOI" in answer.json()["fields"]["doi"][0]


DOI = "10.1038/s41563-024-02066-9"


@pytest.mark.parametrize(
    "again", [f"{DOI}.", f"https://doi.org/{DOI.upper()}", DOI.replace("-", "–"), f"doi:{DOI},", DOI.replace("-", "−")]
)
def test_a_second_record_of_a_paper_is_refused(api: APIClient, project: Project, again: str) -> None:
    sent = {"project": "lab", "authors": "A, B", "title": "x"}
    assert api.post("/api/publications/", {**sent, "key": "a", "doi": DOI}).status_code == 201
    refused = api.post("/api/publications/", {**sent, "key": "b", "doi": again})
    assert refused.status_code == 400
    assert "a publication with this DOI" in refused.json()["error"]
    text = f"@article{{c, author={{A, B}}, title={{x}}, doi={{{again}}}}}"
    refused = api.post("/api/publications/bibtex/", {"project": "lab", "bibtex": text})
    assert refused.status_code == 400
    assert [row["key"] for row in api.get("/api/publications/", {"doi": again}).json()["results"]] == ["a"]


@pytest.mark.parametrize("endpoint", ["publications", "cells"])
def test_a_doi_asked_for_that_is_none_is_refused(api: APIClient, endpoint: str) -> None:
    answer = api.get(f"/api/{endpoint}/?doi=10.1016")
    assert answer.status_code == 400
    assert "is not a DOI" in answer.json()["fields"]["doi"][0]
