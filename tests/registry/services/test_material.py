"""Materials with their synonyms."""

import pytest
from django.core.exceptions import ValidationError

from registry.models import Material, Project, Synonym
from registry.services.material import save_material
from tests import factories


def test_unchanged_synonyms_keep_their_history(project: Project) -> None:
    material = factories.make_material(project, "Li6PS5Cl")
    save_material(material, ["LPSC", "LPSCl"], by=None)
    synonym = Synonym.objects.get(name="LPSCl")
    save_material(material, ["LPSCl", "argyrodite"], by=None)
    assert {synonym.name for synonym in material.synonyms.all()} == {"LPSCl", "argyrodite"}
    assert Synonym.history.filter(id=synonym.pk).count() == 1


def test_capitalisation_of_a_synonym_can_be_corrected(project: Project) -> None:
    material = factories.make_material(project, "Li6PS5Cl")
    save_material(material, ["lpscl"], by=None)
    save_material(material, ["LPSCl"], by=None)
    assert [synonym.name for synonym in material.synonyms.all()] == ["LPSCl"]


def test_duplicate_synonym_is_refused_and_nothing_saved(project: Project) -> None:
    with pytest.raises(ValidationError, match="listed twice"):
        save_material(Material(project=project, name="x", kind="binder"), ["a", "A"], by=None)
    assert not Material.objects.exists()


def test_synonyms_are_compared_after_normalisation(project: Project) -> None:
    for names in (["Zelle Ä", "ZELLE a\u0308"], ["LPSC", "LPSC\u200b"]):
        with pytest.raises(ValidationError, match="listed twice"):
            save_material(Material(project=project, name="x", kind="binder"), names, by=None)
    material = factories.make_material(project, "Li6PS5Cl")
    save_material(material, ["säure"], by=None)
    synonym = Synonym.objects.get()
    save_material(material, ["SA\u0308URE\u200b"], by=None)
    assert list(material.synonyms.values_list("pk", "name")) == [(synonym.pk, "SÄURE")]
