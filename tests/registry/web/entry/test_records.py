"""Entry and correction of materials, formulations and set-ups by everyone with a role in a project."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

from registry.models import Batch, Formulation, HardwareSetup, Material, Project, Publication
from registry.services.material import save_material
from registry.services.record import save_record
from tests import factories
from tests.registry.web.entry.conftest import form_data

DIALOG = {"X-Partial": "dialog"}
KINDS = ("materials", "formulations", "setups", "publications")


def material_data(project: Project, *batches: dict[str, str], **fields: object) -> dict[str, object]:
    return form_data("batches", batches, **{"project": str(project.pk), "kind": "solid_electrolyte"} | fields)


def formulation_data(project: Project, *ingredients: dict[str, str], **fields: object) -> dict[str, object]:
    return form_data("ingredients", ingredients, **{"project": str(project.pk)} | fields)


def test_an_editor_enters_a_material_with_synonyms_and_batches(project: Project, as_editor: Client) -> None:
    data = material_data(
        project, {"lot": "L7"}, {"lot": ""}, name="S-LPSCl", synonyms="LPSC, LPSCl", density="1.86 g/cm³"
    )
    response = as_editor.post("/materials/new/", data)
    material = Material.objects.get()
    assert response["Location"] == f"/materials/{material.pk}/"
    assert [item.name for item in material.synonyms.order_by("name")] == ["LPSC", "LPSCl"]
    assert [item.lot for item in material.batches.all()] == ["L7"]
    assert material.density_g_cm3 == 1.86


def test_an_editor_corrects_a_material(project: Project, as_editor: Client) -> None:
    material = factories.make_material(project, "LPSCl")
    save_material(material, ["LPSC", "old"], by=None)
    kept, removed = (save_record(Batch(material=material, lot=lot), by=None) for lot in ("L1", "L2"))
    address = f"/materials/{material.pk}/edit/"
    entry = as_editor.get(address).context["entry"]
    assert [row["lot"] for row in entry.state.rows] == ["L1", "L2"]
    fields = entry.state.fields | {"seen": entry.mark(), "synonyms": "LPSC", "reason": "tidied"}
    rows = [entry.state.rows[0] | {"supplier": "NEI"}]
    assert as_editor.post(address, form_data("batches", rows, **fields)).status_code == 302
    assert [item.name for item in material.synonyms.all()] == ["LPSC"]
    assert [(item.pk, item.supplier) for item in material.batches.all()] == [(kept.pk, "NEI")]
    assert Batch.history.filter(id=removed.pk, history_type="-", history_change_reason="tidied").exists()


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"name": ""}, "name"),
        ({"kind": ""}, "kind"),
        ({"density": "1.86"}, "density"),
        ({"synonyms": "A, a"}, "synonyms"),
    ],
)
def test_a_material_that_is_wrong_is_not_saved(
    project: Project, as_editor: Client, fields: dict[str, str], field: str
) -> None:
    response = as_editor.post("/materials/new/", material_data(project, {"lot": "L1"}, **{"name": "X"} | fields))
    assert response.status_code == 422
    assert [problem.id for problem in response.context["entry"].problems] == [f"id_{field}"]
    assert not Material.objects.exists()
    assert not Batch.objects.exists()


def test_a_variant_is_of_a_material_by_any_of_its_names(project: Project, as_editor: Client) -> None:
    base = factories.make_material(project, "Li6PS5Cl")
    save_material(base, ["LPSC"], by=None)
    as_editor.post("/materials/new/", material_data(project, name="S-LPSCl", variant_of="lpsc"))
    variant = Material.objects.get(name="S-LPSCl")
    assert variant.variant_of == base
    entry = as_editor.get(f"/materials/{variant.pk}/edit/").context["entry"]
    assert entry.state.fields["variant_of"] == "Li6PS5Cl"
    response = as_editor.post("/materials/new/", material_data(project, name="T", variant_of="unknown"))
    assert [problem.id for problem in response.context["entry"].problems] == ["id_variant_of"]
    itself = entry.state.fields | {"seen": entry.mark(), "variant_of": "S-LPSCl", "variant_of_key": ""}
    assert as_editor.post(f"/materials/{variant.pk}/edit/", itself | {"action": "save"}).status_code == 422


def test_a_wrong_batch_keeps_its_material_from_being_saved(project: Project, as_editor: Client) -> None:
    data = material_data(project, {"lot": "L1"}, {"lot": "L2", "median_particle_size": "5"}, name="X")
    assert as_editor.post("/materials/new/", data).status_code == 422
    twice = material_data(project, {"lot": "L1"}, {"lot": "L1"}, name="X")
    assert as_editor.post("/materials/new/", twice).status_code == 422
    assert not Material.objects.exists()


def test_a_dialog_gets_the_key_of_the_material(project: Project, as_editor: Client) -> None:
    page = as_editor.get("/materials/new/?name=LPSC", headers=DIALOG).content.decode()
    assert 'value="LPSC"' in page
    assert "<html" not in page
    response = as_editor.post("/materials/new/", material_data(project, name="LPSC"), headers=DIALOG)
    pk = Material.objects.get().pk
    assert response.json() == {
        "key": f"material:{pk}",
        "name": "LPSC",
        "page": f"/materials/{pk}/",
        "location": f"/materials/{pk}/",
    }
    again = as_editor.post("/materials/new/", material_data(project, name="LPSC"), headers=DIALOG)
    assert (again.status_code, again["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert 'aria-invalid="true"' in again.content.decode()


@pytest.mark.usefixtures("materials")
def test_an_editor_enters_and_corrects_a_formulation(project: Project, as_editor: Client) -> None:
    rows = (
        {"substance": "NCM90", "role": "active", "mass_fraction": "80 wt%"},
        {"substance": "LPSC", "role": "electrolyte", "mass_fraction": "20 wt%"},
        {"substance": "", "role": "conductive"},
    )
    response = as_editor.post("/formulations/new/", formulation_data(project, *rows, name="Composite"))
    formulation = Formulation.objects.get()
    assert response["Location"] == f"/formulations/{formulation.pk}/"
    ingredients = list(formulation.ingredients.order_by("position"))
    assert [(item.material.name, item.mass_fraction) for item in ingredients] == [
        ("NCM90", "80 wt%"),
        ("LPSC", "20 wt%"),
    ]
    address = f"/formulations/{formulation.pk}/edit/"
    entry = as_editor.get(address).context["entry"]
    fields = entry.state.fields | {"seen": entry.mark()}
    swapped = [entry.state.rows[1], entry.state.rows[0]]
    assert as_editor.post(address, form_data("ingredients", swapped, **fields)).status_code == 302
    assert [item.pk for item in formulation.ingredients.order_by("position")] == [item.pk for item in ingredients[::-1]]


@pytest.mark.usefixtures("materials")
@pytest.mark.parametrize(
    "row",
    [
        {"substance": "NCM90", "role": "active", "mass_fraction": "60 wt%"},
        {"substance": "NCM90", "role": "active", "mass_fraction": "60"},
        {"substance": "NCM90", "role": "", "mass_fraction": "100 wt%"},
        {"substance": "Unknown", "role": "active", "mass_fraction": "100 wt%"},
        {"substance": "", "role": "active", "mass_fraction": "100 wt%"},
    ],
)
def test_a_formulation_that_is_wrong_is_not_saved(project: Project, as_editor: Client, row: dict[str, str]) -> None:
    response = as_editor.post("/formulations/new/", formulation_data(project, row, name="Composite"))
    assert response.status_code == 422
    assert len(response.context["entry"].problems) == 1
    assert not Formulation.objects.exists()


def test_an_editor_enters_and_corrects_a_setup(project: Project, as_editor: Client) -> None:
    fields = {"project": str(project.pk), "name": "PEEK die", "kind": "die", "die_diameter": "10.000(25) mm"}
    response = as_editor.post("/setups/new/", fields | {"action": "save"})
    setup = HardwareSetup.objects.get()
    assert response["Location"] == f"/setups/{setup.pk}/"
    assert setup.die_diameter_mm == 10
    entry = as_editor.get(f"/setups/{setup.pk}/edit/").context["entry"]
    data = entry.state.fields | {"seen": entry.mark(), "die_diameter": "10"}
    assert as_editor.post(f"/setups/{setup.pk}/edit/", data).status_code == 422
    assert as_editor.post(f"/setups/{setup.pk}/edit/", data | {"die_diameter": "12 mm"}).status_code == 302
    assert HardwareSetup.objects.get().die_diameter == "12 mm"


@pytest.mark.parametrize("kind", KINDS)
def test_nobody_else_enters_or_corrects_a_record(
    project: Project, viewer: User, outsider: User, client: Client, kind: str
) -> None:
    make = {
        "materials": factories.make_material,
        "formulations": factories.make_formulation,
        "setups": factories.make_setup,
        "publications": factories.make_publication,
    }
    record = make[kind](project)  # type: ignore[operator]
    addresses = (f"/{kind}/new/", f"/{kind}/{record.pk}/edit/")
    for address in addresses:
        assert client.get(address)["Location"].startswith("/sign-in/")
    for user, statuses in ((viewer, (403, 403)), (outsider, (403, 404))):
        client.force_login(user)
        assert "entry" not in client.get(addresses[0]).context
        assert client.get(addresses[1]).status_code == statuses[1]
        assert tuple(client.post(address, {"name": "X"}).status_code for address in addresses) == statuses
    assert type(record).objects.count() == 1


def test_a_record_is_entered_only_in_a_project_of_the_editor(
    public_project: Project, as_editor: Client, project: Project
) -> None:
    response = as_editor.post("/materials/new/", material_data(public_project, name="X"))
    assert response.status_code == 422
    assert not Material.objects.exists()


@pytest.mark.parametrize("kind", KINDS)
def test_a_change_since_the_page_was_opened_is_not_overwritten(project: Project, as_editor: Client, kind: str) -> None:
    make = {
        "materials": factories.make_material,
        "formulations": factories.make_formulation,
        "setups": factories.make_setup,
        "publications": factories.make_publication,
    }
    record = make[kind](project)  # type: ignore[operator]
    entry = as_editor.get(f"/{kind}/{record.pk}/edit/").context["entry"]
    data = entry.state.fields | {"seen": entry.mark(), "name": "Mine", "action": "save"}
    record.notes = "meanwhile"
    save_record(record, by=None)
    assert as_editor.post(f"/{kind}/{record.pk}/edit/", data).status_code == 422
    assert type(record).objects.get().notes == "meanwhile"


def test_a_batch_added_meanwhile_is_not_removed(project: Project, as_editor: Client) -> None:
    material = factories.make_material(project, "LPSCl")
    entry = as_editor.get(f"/materials/{material.pk}/edit/").context["entry"]
    data = entry.state.fields | {"seen": entry.mark(), "action": "save"}
    save_record(Batch(material=material, lot="L1"), by=None)
    assert as_editor.post(f"/materials/{material.pk}/edit/", data).status_code == 422
    assert material.batches.count() == 1


def test_names_with_markup_are_escaped(project: Project, as_editor: Client) -> None:
    nasty = "<script>alert(1)</script>"
    material = factories.make_material(project, nasty)
    factories.make_formulation(project, (material, "active", "100 %"), name=nasty)
    for address in (f"/materials/{material.pk}/edit/", "/materials/new/", "/formulations/new/", "/materials/"):
        assert "<script>alert" not in as_editor.get(address, {"name": nasty}).content.decode(), address


def test_suggestions_are_for_those_who_signed_in(
    project: Project, client: Client, outsider: User, editor: User
) -> None:
    factories.make_material(project, "LPSC")
    assert client.get("/suggestions/substances/?q=lps").status_code == 403
    client.force_login(outsider)
    assert client.get("/suggestions/substances/?q=lps").json() == {"suggestions": []}
    client.force_login(editor)
    (suggestion,) = client.get(f"/suggestions/substances/?q=lps&project={project.pk}").json()["suggestions"]
    assert suggestion["name"] == "LPSC"
    assert client.get("/suggestions/substances/?q=%E2%98%83&project=x&only=material").json() == {"suggestions": []}


def test_the_number_of_queries_of_suggestions_is_constant(
    project: Project, as_editor: Client, django_assert_max_num_queries: object
) -> None:
    counts = []
    for _ in range(2):
        for _ in range(5):
            material = factories.make_material(project)
            factories.make_formulation(project, (material, "active", "100 %"), name=f"Material mix {material.pk}")
        with django_assert_max_num_queries(15) as captured:  # type: ignore[operator]
            as_editor.get("/suggestions/substances/?q=material")
        counts.append(len(captured))
    assert counts[0] == counts[1]


BIBTEX = """@article{wu2025, author = {Wu, Yifan and Liu, M{\\"u}ller}, title = {Sheets}, journal = {J. Power},
  year = {2025}, volume = {3}, pages = {1--9}, doi = {10.1000/182}}"""


def test_an_editor_pastes_a_publication_and_corrects_it(project: Project, as_editor: Client) -> None:
    data = {"project": str(project.pk), "bibtex": BIBTEX, "title": "Typed", "action": "save"}
    response = as_editor.post("/publications/new/", data)
    publication = Publication.objects.get()
    assert response["Location"] == f"/publications/{publication.pk}/"
    assert (publication.key, publication.title, publication.year) == ("wu2025", "Typed", 2025)
    assert publication.author_list() == ["Wu, Yifan", "Liu, Müller"]
    address = f"/publications/{publication.pk}/edit/"
    entry = as_editor.get(address).context["entry"]
    assert "bibtex" not in entry.form.fields
    fields = entry.state.fields | {"seen": entry.mark(), "volume": "4", "action": "save"}
    assert as_editor.post(address, fields).status_code == 302
    assert Publication.objects.get().volume == "4"


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({}, "key"),
        ({"bibtex": "@article{a, title = {T}}"}, "bibtex"),
        ({"bibtex": BIBTEX + BIBTEX.replace("wu2025", "wu2026")}, "bibtex"),
        ({"bibtex": BIBTEX, "doi": "not one"}, "doi"),
        ({"bibtex": BIBTEX, "key": "KNOWN"}, "key"),
    ],
)
def test_a_faulty_publication_names_its_field(
    project: Project, as_editor: Client, fields: dict[str, str], field: str
) -> None:
    factories.make_publication(project, key="known")
    response = as_editor.post("/publications/new/", {"project": str(project.pk), "action": "save"} | fields)
    assert response.status_code == 422
    assert response.context["entry"].form.problem(field)
    assert Publication.objects.count() == 1
