"""Publications, entered by hand or pasted as BibTeX."""

import pytest
from django.urls import reverse

from registry.models import Publication

ADD = "admin:registry_publication_add"
ENTRY = """@article{wu2025,
  author = {Wu, Jiajun and Li, Bo and others}, title = {Self-adaptive interfacial glue},
  journal = {Adv. Energy Mater.}, year = 2025, doi = {10.1002/aenm.202404817}
}"""


def paste(browser, project, text, **fields):
    return browser.fill(reverse(ADD), {"project": project.pk, "bibtex": text} | fields)


def test_a_pasted_entry_fills_the_fields(browser, project):
    assert browser.errors(paste(browser, project, ENTRY)) == {}
    paper = Publication.objects.get()
    assert (paper.key, paper.year, paper.doi) == ("wu2025", 2025, "10.1002/aenm.202404817")
    assert paper.author_list()[-1] == "et al."


def test_entered_fields_are_kept(browser, project):
    paste(browser, project, ENTRY, key="glue2025")
    assert Publication.objects.get().key == "glue2025"


@pytest.mark.parametrize("text", ["@article{wu2025, title = {Glue", "no entry", ENTRY + ENTRY.replace("wu2025", "b")])
def test_refuses_text_that_is_not_a_single_entry(browser, project, text):
    assert browser.errors(paste(browser, project, text))["bibtex"]
    assert not Publication.objects.exists()


def test_a_pasted_doi_is_validated(browser, project):
    response = paste(browser, project, ENTRY.replace("10.1002/aenm.202404817", "none"))
    assert "is not a DOI" in str(browser.errors(response))
    assert not Publication.objects.exists()


def test_without_an_entry_the_fields_are_required(browser, project):
    assert {"key", "authors", "title"} <= set(browser.errors(paste(browser, project, "")))


def test_the_change_page_has_no_bibtex_field(browser, project):
    paste(browser, project, ENTRY)
    url = reverse("admin:registry_publication_change", args=[Publication.objects.get().pk])
    assert "bibtex" not in browser.form_data(url)
    assert browser.errors(browser.fill(url, {"volume": "15"})) == {}
