"""The cell page with its layers."""

import pytest
from django.urls import reverse

from registry.models import Cell, Layer
from tests import factories

ADD = "admin:registry_cell_add"


@pytest.fixture
def materials(project):
    return [factories.make_material(project, name) for name in ("NCM90", "LPSCl", "Li-In")]


@pytest.fixture
def stack(materials):
    """Cathode, separator, anode."""
    roles = ("cathode", "separator", "anode")
    return [
        {"position": number, "role": role, "material": material.pk}
        for number, (role, material) in enumerate(zip(roles, materials, strict=True), start=1)
    ]


def add_cell(browser, project, layers, **overrides):
    fields = {"project": project.pk, "label": "Die 1", "format": "die"} | overrides
    return browser.fill(reverse(ADD), fields, {"layers": layers})


def test_saves_a_cell_with_its_layers_in_order(browser, project, stack, colleague):
    stack[1]["thickness"] = "0.060 cm (inferred)"
    add_cell(browser, project, stack[::-1])
    cell = Cell.objects.get()
    assert cell.configuration == "NCM90/LPSCl/Li-In"
    assert [layer.position for layer in cell.layers.order_by("position")] == [1, 2, 3]
    assert cell.layers.get(position=2).thickness_um == pytest.approx(600)
    assert cell.history.first().history_user == colleague


def test_rows_with_only_a_position_are_ignored(browser, project, stack):
    rows = [stack[0], {"position": 2}, {"position": 3}]
    assert add_cell(browser, project, rows).status_code == 302
    assert Layer.objects.count() == 1


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({"thickness": "-50 µm"}, " 0"),
        ({"thickness": "50"}, "has no unit"),
        ({"thickness": "12,5 µm"}, "12"),
        ({"area": "1.00×10"}, "1.00×10"),
        ({"mass_loading": "10 mA"}, "is a current"),
    ],
)
def test_refuses_an_invalid_number(browser, project, stack, row, message):
    stack[1] |= row
    response = add_cell(browser, project, stack)
    (error,) = browser.errors(response)[f"layers-1-{next(iter(row))}"]
    assert message in error
    assert not Cell.objects.exists()


def test_refuses_a_current_as_a_fabrication_pressure(browser, project, stack):
    response = add_cell(browser, project, stack, fabrication_pressure="10 mA")
    assert "is a current" in browser.errors(response)["fabrication_pressure"][0]
    assert not Cell.objects.exists()


def test_refuses_two_layers_at_one_position(browser, project, stack):
    stack[2]["position"] = 2
    response = add_cell(browser, project, stack)
    assert set(browser.errors(response)) == {"layers-2-position"}
    assert (Cell.objects.count(), Layer.objects.count()) == (0, 0)


def test_refuses_a_layer_at_position_zero(browser, project, stack):
    stack[0]["position"] = 0
    assert "layers-0-position" in browser.errors(add_cell(browser, project, stack))


def test_refuses_a_layer_of_neither_or_both(browser, project, stack):
    formulation = factories.make_formulation(project)
    stack[0] |= {"formulation": formulation.pk}
    stack[1] |= {"material": ""}
    errors = browser.errors(add_cell(browser, project, stack))
    assert all(len(errors[f"layers-{row}-material"]) == 1 for row in (0, 1))
    assert all("either a material or a formulation" in errors[f"layers-{row}-material"][0] for row in (0, 1))
    assert not Cell.objects.exists()


def test_refuses_a_layer_less_visible_than_the_cell(make_browser, project, public_project, stack, colleague):
    from registry.models import Membership
    from registry.services.record import save_record

    save_record(Membership(project=public_project, user=colleague, role="editor"), by=None)
    browser = make_browser(colleague)
    errors = browser.errors(add_cell(browser, public_project, stack[:1]))
    assert "fewer people" in errors["layers-0-material"][0]
    assert not Cell.objects.exists()


@pytest.fixture
def cell(project, materials):
    layers = [
        Layer(position=1, role="cathode", material=materials[0], area="3×3 cm² (exact)"),
        Layer(position=2, role="separator", material=materials[1], thickness="50 µm"),
    ]
    return factories.make_cell(project, layers, label="Pouch 1", format="pouch")


def change_url(cell):
    return reverse("admin:registry_cell_change", args=[cell.pk])


def test_layers_can_swap_positions(browser, cell):
    data = {"layers-0-position": 2, "layers-1-position": 1}
    assert browser.errors(browser.fill(change_url(cell), data)) == {}
    cell.refresh_from_db()
    assert cell.configuration == "LPSCl/NCM90"


def test_a_layer_can_be_deleted(browser, cell):
    browser.fill(change_url(cell), {"layers-1-DELETE": "on"})
    assert [layer.name for layer in cell.layers.all()] == ["NCM90"]


def test_saving_unchanged_writes_no_layer_history(browser, cell):
    before = Layer.history.count()
    browser.fill(change_url(cell))
    assert Layer.history.count() == before


def test_shows_the_parsed_numbers(browser, cell):
    page = browser.get(change_url(cell)).content.decode()
    assert "= 9 cm², exact" in page
    assert "= 50 µm, 49.5 to 50.5" in page


def test_a_copy_starts_with_the_layers_and_no_label(browser, cell):
    data = browser.form_data(reverse(ADD) + f"?like={cell.pk}")
    assert data["label"] == ""
    assert data["format"] == "pouch"
    assert (data["layers-0-area"], data["layers-1-thickness"]) == ("3×3 cm² (exact)", "50 µm")
    browser.fill(reverse(ADD) + f"?like={cell.pk}", {"label": "Pouch 2"})
    copy = Cell.objects.get(label="Pouch 2")
    assert copy.configuration == cell.configuration
    assert copy.refcode != cell.refcode
    assert cell.layers.count() == copy.layers.count() == 2


def test_a_copy_of_a_hidden_cell_starts_empty(cell, public_project, make_browser):
    other_editor = factories.make_member(public_project, "editor", is_staff=True)
    data = make_browser(other_editor).form_data(reverse(ADD) + f"?like={cell.pk}")
    assert data["layers-TOTAL_FORMS"] == 3
    assert "50 µm" not in data.values()


def test_the_page_links_to_related_pages(browser, cell):
    page = browser.get(change_url(cell)).content.decode()
    assert f"{reverse(ADD)}?like={cell.pk}" in page
    assert f"{reverse('admin:registry_measurement_add')}?cell={cell.pk}" in page
    assert cell.get_absolute_url() in page


def test_a_literature_cell_requires_a_publication(browser, cell):
    errors = browser.errors(browser.fill(change_url(cell), {"origin": "literature"}))
    assert "requires a publication" in errors["publication"][0]


def test_deletes_a_cell_with_its_measurements(browser, cell):
    factories.report(factories.make_measurement(cell), "capacity_retention_percent", "90 %")
    url = reverse("admin:registry_cell_delete", args=[cell.pk])
    assert b"Yes, I" in browser.get(url).content
    browser.client.post(url, {"post": "yes"})
    assert not Cell.objects.exists()


def test_searches_cells_by_layer_material(browser, cell):
    factories.make_cell(cell.project, label="Other")
    page = browser.get(reverse("admin:registry_cell_changelist") + "?q=LPSCl").content.decode()
    assert "Pouch 1" in page
    assert "Other" not in page


def test_saves_a_stack_with_its_packaging(browser, project, stack):
    stack.append({"position": 4, "role": "current_collector", "material": stack[2]["material"], "coated_sides": "2"})
    response = add_cell(browser, project, stack, repeat_units="6", packaging_mass="0.85 g", tab_mass="120 mg")
    assert response.status_code == 302
    cell = Cell.objects.get()
    assert (cell.repeat_units, cell.packaging_mass_mg, cell.tab_mass_mg) == (6, 850.0, 120.0)
    assert cell.layers.get(position=4).coated_sides == 2


def test_only_a_current_collector_has_coated_sides(browser, project, stack):
    stack[0]["coated_sides"] = "2"
    response = add_cell(browser, project, stack)
    assert set(browser.errors(response)) == {"layers-0-coated_sides"}
