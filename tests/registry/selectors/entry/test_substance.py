"""Materials and formulations by any of their names, as far as the user may see and use them."""

from django.contrib.auth.models import User

from registry.models import Layer, Project
from registry.selectors.entry.substance import CANDIDATES, get_substances, key_of, suggest_substances
from registry.services.material import save_material
from tests import factories


def names(text: str, user: User, **options: object) -> list[str]:
    return [item.name for item in suggest_substances(text, user, **options)]  # type: ignore[arg-type]


def test_a_synonym_and_a_formula_find_the_material(project: Project, owner: User) -> None:
    material = factories.make_material(project, "S-LPSCl", formula="Li6PS5Cl", kind="solid_electrolyte")
    save_material(material, ["LPSC"], by=None)
    assert names("lpsc", owner) == ["S-LPSCl"]
    assert names("li6ps", owner) == ["S-LPSCl"]
    (suggestion,) = suggest_substances("LPSC", owner)
    assert suggestion.key == key_of(material)
    assert "LPSC" in suggestion.detail


def test_the_whole_name_comes_first_then_the_most_used(project: Project, owner: User) -> None:
    rare, used = factories.make_material(project, "NCM811"), factories.make_material(project, "NCM90")
    exact = factories.make_material(project, "NCM")
    for _ in range(2):
        factories.make_cell(project, [Layer(position=1, role="cathode", material=used)])
    factories.make_formulation(project, (used, "active", "100 %"), name="Coated NCM90")
    assert names("ncm", owner) == [exact.name, used.name, rare.name, "Coated NCM90"]
    assert names("ncm", owner, only_materials=True) == [exact.name, used.name, rare.name]


def test_what_is_called_so_is_found_among_many(project: Project, owner: User) -> None:
    exact = factories.make_material(project, "zzz ncm")
    save_material(exact, ["NCM"], by=None)
    for number in range(CANDIDATES):
        factories.make_material(project, f"ncm {number}")
    assert names("ncm", owner)[0] == "zzz ncm"


def test_nobody_is_shown_what_they_may_not_see(project: Project, outsider: User) -> None:
    material = factories.make_material(project, "Secret sulfide")
    assert names("secret", outsider) == []
    assert get_substances(outsider, texts=["Secret sulfide"], keys=[key_of(material)]).by_key == {}


def test_a_public_project_is_offered_only_what_everyone_sees(
    project: Project, public_project: Project, owner: User
) -> None:
    factories.make_material(project, "Private LPSCl")
    factories.make_material(public_project, "Public LPSCl")
    assert names("lpscl", owner, project=public_project) == ["Public LPSCl"]
    assert names("lpscl", owner, project=project) == ["Private LPSCl", "Public LPSCl"]


def test_a_key_counts_only_with_a_name_of_it(project: Project, owner: User) -> None:
    first, second = factories.make_material(project, "A1"), factories.make_material(project, "B1")
    substances = get_substances(owner, texts=["B1"], keys=[key_of(first)])
    assert substances.match("B1", key_of(first)) == (second,)
    assert substances.match("", key_of(first)) == (first,)
    assert substances.match("C1") == ()


def test_a_name_is_preferred_to_a_synonym_of_another(project: Project, owner: User) -> None:
    named = factories.make_material(project, "LPSC")
    other = factories.make_material(project, "LPSCl")
    save_material(other, ["LPSC"], by=None)
    assert get_substances(owner, texts=["lpsc"]).match("lpsc") == (named,)


def test_texts_that_cannot_be_names_match_nothing(project: Project, owner: User) -> None:
    assert get_substances(owner, texts=["a\x00b", ""], keys=["material:x", "material:", "cell:1"]).by_key == {}


def test_simulated_ones_come_last_and_those_of_the_project_first(
    project: Project, public_project: Project, owner: User
) -> None:
    simulated = factories.make_material(project, "LPSCl a")
    mixed = factories.make_formulation(project, (simulated, "electrolyte", "100 %"), name="LPSCl mix")
    factories.make_cell(project, [Layer(position=1, role="sample", formulation=mixed)], origin="simulated")
    factories.make_material(public_project, "LPSCl b")
    factories.make_material(project, "LPSCl c")
    assert names("lpscl", owner, project=project) == ["LPSCl c", "LPSCl b", "LPSCl mix", "LPSCl a"]
    factories.make_cell(project, [Layer(position=1, role="sample", formulation=mixed)])
    assert names("lpscl", owner, project=project)[:2] == ["LPSCl mix", "LPSCl a"]


def test_only_what_a_name_means_without_doubt_is_named(project: Project, public_project: Project, owner: User) -> None:
    material = factories.make_material(project, "NCM90", formula="LiNi0.9Co0.05Mn0.05O2")
    factories.make_material(project, "NCM90@Li-PEVA", formula="LiNi0.9Co0.05Mn0.05O2")
    save_material(material, ["N90"], by=None)

    def named(text: str) -> list[str]:
        return [item.name for item in suggest_substances(text, owner) if item.is_named]

    assert named("ncm90") == named(" n90") == ["NCM90"]
    assert named("ncm") == named("LiNi0.9Co0.05Mn0.05O2") == []
    factories.make_material(public_project, "ncm90")
    assert named("NCM90") == []
