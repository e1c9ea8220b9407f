"""The API of publications, with BibTeX import and export."""

import pytest
from rest_framework.test import APIClient

from registry.models import Project, Publication
from tests import factories

BIBTEX = r"""
@article{wu2025, author = {Wu, J{\"o}rg and Curie, Marie and others}, title = {{Interfacial Glue}}, year = {2025},
  doi = {https://doi.org/10.1002/aenm.202404817}, journal = {Adv. Energy Mater.}, pages = {1--9}}
@article{li2024, author = {Li, Wei}, title = {On Pressure}, year = 2024}
"""


def test_all_entries_of_a_bibtex_text_are_imported(api: APIClient, project: Project) -> None:
    response = api.post("/api/publications/bibtex/", {"project": "lab", "bibtex": BIBTEX})
    assert response.status_code == 201, response.json()
    first, second = response.json()
    assert first["authors"] == "Wu, Jörg\nCurie, Marie\net al."
    assert (first["doi"], first["title"], first["year"]) == ("10.1002/aenm.202404817", "Interfacial Glue", 2025)
    assert (second["key"], second["year"]) == ("li2024", 2024)


def test_invalid_entries_are_named_and_none_is_saved(api: APIClient, project: Project) -> None:
    bad = BIBTEX + (
        "@article{nothing, year = {2020}}\n"
        "@article{when, author={A, B}, title={x}, year={soon}}\n"
        "@article{wu2025, a={b}}"
    )
    response = api.post("/api/publications/bibtex/", {"project": "lab", "bibtex": bad})
    assert response.status_code == 400
    errors = " ".join(response.json()["fields"]["bibtex"])
    for words in ("‘nothing’", "‘when’", "‘soon’", "line 7"):
        assert words in errors
    assert not Publication.objects.exists()


def test_a_duplicate_key_is_rejected(api: APIClient, project: Project) -> None:
    factories.make_publication(project, key="li2024")
    response = api.post("/api/publications/bibtex/", {"project": "lab", "bibtex": BIBTEX})
    assert response.status_code == 400
    assert "‘li2024’" in response.json()["error"]
    assert Publication.objects.count() == 1


def test_a_text_without_entries_is_rejected(api: APIClient, project: Project) -> None:
    response = api.post("/api/publications/bibtex/", {"project": "lab", "bibtex": "see the paper"})
    assert (response.status_code, list(response.json()["fields"])) == (400, ["bibtex"])


def test_filtered_publications_are_exported_as_bibtex(api: APIClient, project: Project) -> None:
    factories.make_publication(project, key="li2023")
    factories.make_publication(project, key="li2024")
    response = api.get("/api/publications/bibtex/?key=li2024")
    assert response["Content-Type"].startswith("application/x-bibtex")
    assert "@article{li2024," in response.content.decode()
    assert "@article{li2023," not in response.content.decode()


def test_an_invalid_doi_is_rejected(api: APIClient, project: Project) -> None:
    payload = {"project": "lab", "key": "a", "authors": "A, B", "title": "x", "doi": "see the web"}
    response = api.post("/api/publications/", payload)
    assert (response.status_code, list(response.json()["fields"])) == (400, ["doi"])


DOI = "10.1038/s41563-024-02066-9"


@pytest.mark.parametrize(
    "again", [f"{DOI}.", f"https://doi.org/{DOI.upper()}", DOI.replace("-", "–"), f"doi:{DOI},", DOI.replace("-", "−")]
)
def test_a_duplicate_doi_is_rejected(api: APIClient, project: Project, again: str) -> None:
    payload = {"project": "lab", "authors": "A, B", "title": "x"}
    assert api.post("/api/publications/", {**payload, "key": "a", "doi": DOI}).status_code == 201
    refused = api.post("/api/publications/", {**payload, "key": "b", "doi": again})
    assert refused.status_code == 400
    assert "already" in refused.json()["error"]
    text = f"@article{{c, author={{A, B}}, title={{x}}, doi={{{again}}}}}"
    refused = api.post("/api/publications/bibtex/", {"project": "lab", "bibtex": text})
    assert refused.status_code == 400
    assert [row["key"] for row in api.get("/api/publications/", {"doi": again}).json()["results"]] == ["a"]


@pytest.mark.parametrize("endpoint", ["publications", "cells"])
def test_filtering_by_an_invalid_doi_is_rejected(api: APIClient, endpoint: str) -> None:
    response = api.get(f"/api/{endpoint}/?doi=10.1016")
    assert (response.status_code, list(response.json()["fields"])) == (400, ["doi"])
