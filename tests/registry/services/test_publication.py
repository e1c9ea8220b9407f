"""Importing BibTeX."""

import pytest
from django.core.exceptions import ValidationError

from registry.models import Project, Publication
from registry.services.publication import parse_bibtex, save_publications
from tests import factories


def test_reads_names_accents_and_braces(project: Project) -> None:
    text = r"@article{a, author = {Wu, J{\"o}rg and {Max Planck Society} and others}, title = {{The {LPSCl} \& Co}}}"
    (publication,) = parse_bibtex(text, project)
    assert publication.authors == "Wu, Jörg\nMax Planck Society\net al."
    assert publication.title == "The LPSCl & Co"
    assert publication.year is None


def test_bibtex_round_trip(project: Project) -> None:
    original = factories.make_publication(
        project, key="a", doi="10.1002/adma.202410948", journal="Adv. Mater.", volume="37", pages="1–9"
    )
    (parsed,) = parse_bibtex(original.bibtex(), project)
    for name in ("key", "doi", "authors", "title", "journal", "year", "volume", "pages"):
        assert getattr(parsed, name) == getattr(original, name), name


def test_saves_all_or_none(project: Project) -> None:
    texts = ["@article{good, author={A, B}, title={x}}", "@article{bad, author={A, B}, title={x}, doi={none}}"]
    with pytest.raises(ValidationError, match="entry ‘bad’"):
        save_publications(parse_bibtex("\n".join(texts), project), by=None)
    assert not Publication.objects.exists()
