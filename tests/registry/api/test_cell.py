"""The API of cells: layers, numbers as written and the query language."""

import pytest
from django.contrib.auth.models import User
from django.test import RequestFactory
from rest_framework.test import APIClient

from registry.api.cell import CellSerializer
from registry.models import Cell, Layer, Project
from tests import factories


@pytest.fixture
def full_cell(project: Project) -> Cell:
    cathode = factories.make_material(project, "NCM90")
    lithium = factories.make_material(project, "Li", kind="metal_or_alloy")
    layers = [
        Layer(position=1, role="cathode", material=cathode, mass_loading="11.2 mg/cm²"),
        Layer(position=2, role="anode", material=lithium, thickness="50 µm (exact)"),
    ]
    return factories.make_cell(project, layers, label="first")


def test_a_cell_is_created_with_its_layers_in_order(api: APIClient, project: Project) -> None:
    material = factories.make_material(project, "NCM90")
    layers = [
        {"role": "cathode", "material": material.pk, "mass_loading": "11.2 mg/cm²", "area_cm2": 9},
        {"role": "anode", "material": material.pk, "thickness": "0.05 mm"},
    ]
    response = api.post("/api/cells/", {"project": "lab", "label": "one", "format": "die", "layers": layers})
    assert response.status_code == 201, response.json()
    shown = response.json()
    assert shown["refcode"].startswith("C-")
    assert shown["configuration"] == "NCM90/NCM90"
    assert [layer["position"] for layer in shown["layers"]] == [1, 2]
    assert shown["layers"][0]["area"] == "9 cm²"
    assert shown["layers"][1]["thickness"] == "0.05 mm"
    assert shown["layers"][1]["thickness_um"] == pytest.approx(50)


def test_layers_that_are_not_sent_do_not_change(api: APIClient, full_cell: Cell) -> None:
    response = api.patch(f"/api/cells/{full_cell.refcode}/", {"label": "renamed"})
    assert response.status_code == 200
    assert response.json()["label"] == "renamed"
    assert len(response.json()["layers"]) == 2


def test_layers_are_replaced_except_those_sent_with_their_id(api: APIClient, full_cell: Cell) -> None:
    first = full_cell.layers.get(position=1)
    payload = [{"id": first.pk, "role": "cathode", "material": first.material_id, "mass_loading_mg_cm2": 12}]
    response = api.patch(f"/api/cells/{full_cell.refcode}/", {"layers": payload})
    assert response.status_code == 200, response.json()
    assert [(layer["id"], layer["mass_loading"]) for layer in response.json()["layers"]] == [(first.pk, "12 mg cm⁻²")]
    assert response.json()["configuration"] == "NCM90"


def test_a_cell_can_be_sent_back_unchanged(api: APIClient, full_cell: Cell) -> None:
    url = f"/api/cells/{full_cell.refcode}/"
    cell = api.get(url).json()
    assert api.patch(url, cell).status_code == 200
    assert api.get(url).json() == cell


@pytest.mark.parametrize(
    ("layer", "path", "words"),
    [
        ({"thickness": "-5 µm"}, "layers.2.thickness", " 0"),
        ({"thickness": "10 mA"}, "layers.2.thickness", "is a current"),
        ({"thicknes": "10 µm"}, "layers.2.thicknes", "‘thickness’"),
        ({"material": None}, "layers.2.material", "either a material or a formulation"),
        ({"material": 99999}, "layers.2.material", "99999"),
        ({"material": "NCM90"}, "layers.2.material", "an id"),
        ({"position": 1}, "", "position 1"),
        ({"id": 99999}, "layers.2.id", "omit the id"),
    ],
)
def test_an_invalid_layer_is_named_and_nothing_is_saved(
    api: APIClient, full_cell: Cell, layer: dict, path: str, words: str
) -> None:
    material = full_cell.layers.get(position=1).material_id
    layers = [{"role": "cathode", "material": material}, {"role": "anode", "material": material} | layer]
    response = api.patch(f"/api/cells/{full_cell.refcode}/", {"label": "changed", "layers": layers})
    assert response.status_code == 400
    body = response.json()
    assert words in (" ".join(body["fields"][path]) if path else body["error"])
    full_cell.refresh_from_db()
    assert full_cell.label == "first"
    assert full_cell.layers.filter(thickness="50 µm (exact)").count() == 1


def test_no_cell_is_created_if_a_layer_is_invalid(api: APIClient, project: Project) -> None:
    payload = {"project": "lab", "label": "one", "format": "die", "layers": [{"role": "cathode"}]}
    assert api.post("/api/cells/", payload).status_code == 400
    assert not Cell.objects.exists()


def test_the_refcode_cannot_be_changed(api: APIClient, full_cell: Cell) -> None:
    response = api.patch(f"/api/cells/{full_cell.refcode}/", {"refcode": "C-99999"})
    assert (response.status_code, list(response.json()["fields"])) == (400, ["refcode"])


def test_a_cell_is_deleted(api: APIClient, full_cell: Cell) -> None:
    assert api.delete(f"/api/cells/{full_cell.refcode}/").status_code == 204
    assert api.get(f"/api/cells/{full_cell.refcode}/").status_code == 404


def test_the_history_shows_who_changed_what(api: APIClient, full_cell: Cell) -> None:
    api.patch(f"/api/cells/{full_cell.refcode}/", {"label": "second"})
    newest = api.get(f"/api/cells/{full_cell.refcode}/history/").json()[0]
    assert (newest["by"], newest["kind"], newest["what"]) == ("colleague", "changed", "cell")
    assert newest["fields"] == [{"name": "label", "before": "first", "after": "second"}]


class TestQuery:
    """The question of the reference paper: which cells keep 80 % below 10 MPa?"""

    QUERY = "/api/cells/?capacity_retention_percent__gte=80&stack_pressure_mpa__lte=10&anode=Li"

    def test_a_cell_is_listed_with_its_matching_measurement(self, api: APIClient, full_cell: Cell) -> None:
        good = factories.make_measurement(full_cell, stack_pressure_mpa="2 MPa", c_rate="0.2C")
        other = factories.make_measurement(full_cell, stack_pressure_mpa="20 MPa")
        factories.report(good, "capacity_retention_percent", "90.9%")
        factories.report(good, "cycle_count", "1000")
        factories.report(other, "capacity_retention_percent", "95 %")
        (result,) = api.get(self.QUERY).json()["results"]
        assert result["refcode"] == full_cell.refcode
        (match,) = result["matches"]
        assert match["measurement"] == good.refcode
        assert match["conditions"] == {"stack_pressure_mpa": "2 MPa", "c_rate": "0.2C"}
        assert match["condition_numbers"]["stack_pressure_mpa"]["magnitude"] == 2.0
        assert [(value["quantity"], value["written"], value["origin"]) for value in match["values"]] == [
            ("capacity_retention_percent", "90.9%", "reported")
        ]

    def test_all_conditions_apply_to_the_same_measurement(self, api: APIClient, full_cell: Cell) -> None:
        high = factories.make_measurement(full_cell, stack_pressure_mpa="20 MPa")
        low = factories.make_measurement(full_cell, stack_pressure_mpa="2 MPa")
        factories.report(high, "capacity_retention_percent", "90 %")
        factories.report(low, "capacity_retention_percent", "60 %")
        assert api.get(self.QUERY).json()["results"] == []

    def test_values_are_filtered_by_origin(self, api: APIClient, full_cell: Cell) -> None:
        factories.report(factories.make_measurement(full_cell, stack_pressure_mpa="2 MPa"), "cycle_count", "1000")
        url = "/api/cells/?cycle_count__gte=100"
        assert api.get(url).json()["count"] == 1
        assert api.get(url + "&value_origin=reported").json()["count"] == 1
        assert api.get(url + "&value_origin=computed").json()["count"] == 0

    def test_matches_are_null_without_conditions_on_measurements(self, api: APIClient, full_cell: Cell) -> None:
        (result,) = api.get("/api/cells/?cathode=NCM90&format=die").json()["results"]
        assert result["matches"] is None

    def test_cells_are_ordered_by_a_quantity(self, api: APIClient, project: Project) -> None:
        for label, retention in (("low", "70 %"), ("high", "90 %"), ("none", "")):
            measurement = factories.make_measurement(factories.make_cell(project, label=label))
            if retention:
                factories.report(measurement, "capacity_retention_percent", retention)
        response = api.get("/api/cells/?ordering=-capacity_retention_percent").json()
        assert [cell["label"] for cell in response["results"]] == ["high", "low", "none"]

    def test_cells_are_paginated(self, api: APIClient, project: Project) -> None:
        for number in range(5):
            factories.make_cell(project, label=str(number))
        response = api.get("/api/cells/?page_size=2&page=2").json()
        assert (response["count"], [cell["label"] for cell in response["results"]]) == (5, ["2", "3"])

    @pytest.mark.parametrize(
        ("query", "parameter", "words"),
        [
            (
                "capacity_retention__gte=80",
                "capacity_retention__gte",
                "‘capacity_retention_percent__gte’",
            ),
            ("capacity_retention_percent__ge=80", "capacity_retention_percent__ge", "operator"),
            ("capacity_retention_percent__gte=NaN", "capacity_retention_percent__gte", "not a finite number"),
            ("stack_pressure_mpa__lte=10 mA", "stack_pressure_mpa__lte", "is a current"),
            ("stack_pressure_mpa__lte=", "stack_pressure_mpa__lte", "has no value"),
            ("anod=", "anod", "‘anode’"),
            ("pagesize=10", "pagesize", "‘page_size’"),
            ("search=NCM90", "search", "anode, at, cathode,"),
            ("format=cion", "format", "die"),
            ("value_origin=guessed", "value_origin", "reported, computed"),
            ("ordering=colour", "ordering", "‘colour’"),
            ("page_size=0", "page_size", "from 1 to 1000"),
            ("page_size=many", "page_size", "from 1 to 1000"),
            ("q=%00", "q", "control character"),
        ],
    )
    def test_an_invalid_query_is_rejected(
        self, api: APIClient, project: Project, query: str, parameter: str, words: str
    ) -> None:
        response = api.get(f"/api/cells/?{query}")
        assert response.status_code == 400
        assert words in response.json()["fields"][parameter][0]


def test_concurrent_changes_do_not_undo_each_other(api: APIClient, project: Project) -> None:
    """Both requests read the cell before either saves it."""
    cell = factories.make_cell(project)
    changes: tuple[dict, dict] = ({"notes": "dried"}, {"fabrication_pressure": "360 MPa"})
    request = RequestFactory().patch("/")
    request.user = User.objects.get(username="colleague")
    serializers = [
        CellSerializer(Cell.objects.get(), data=data, partial=True, context={"request": request}) for data in changes
    ]
    for serializer in serializers:
        assert serializer.is_valid()
    for serializer in serializers:
        serializer.save()
    cell.refresh_from_db()
    assert (cell.notes, cell.fabrication_pressure_mpa) == ("dried", 360)


STACK = {
    "repeat_units": 4,
    "footprint": "4×5 cm² (exact)",
    "packaging_mass": "850 mg",
    "packaging_thickness": "230 µm",
    "tab_mass": "0 mg (exact)",
}


def test_a_stack_keeps_what_was_entered(api: APIClient, full_cell: Cell) -> None:
    url = f"/api/cells/{full_cell.refcode}/"
    foil = factories.make_material(full_cell.project, "Cu", kind="current_collector")
    layer = {
        "role": "current_collector",
        "material": foil.pk,
        "apparent_density": "8.9 g/cm³",
        "coated_sides": 2,
    }
    response = api.patch(url, {**STACK, "layers": [layer]})
    assert response.status_code == 200, response.json()
    shown = api.get(url).json()
    assert {name: shown[name] for name in STACK} == STACK
    numbers = ("footprint_cm2", "packaging_mass_mg", "packaging_thickness_um", "tab_mass_mg")
    assert [shown[name] for name in numbers] == [20.0, 850.0, 230.0, 0.0]
    assert (shown["layers"][0]["coated_sides"], shown["layers"][0]["apparent_density_g_cm3"]) == (2, 8.9)
    assert len(api.get("/api/cells/", {"packaging_mass_mg__gte": 800}).json()["results"]) == 1
    assert api.patch(url, shown).status_code == 200


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"repeat_units": 0}, "repeat_units"),
        ({"footprint": "0 cm²"}, "footprint"),
        ({"packaging_mass": "3 cm²"}, "packaging_mass"),
        ({"tab_mass": "-1 mg"}, "tab_mass"),
        ({"layers": [{"role": "cathode", "coated_sides": 2}]}, "layers.1.coated_sides"),
        ({"layers": [{"role": "current_collector", "coated_sides": 3}]}, "layers.1.coated_sides"),
    ],
)
def test_a_stack_that_cannot_be_is_refused(api: APIClient, full_cell: Cell, changes: dict, field: str) -> None:
    for layer in changes.get("layers", ()):
        layer["material"] = full_cell.layers.get(position=1).material_id
    response = api.patch(f"/api/cells/{full_cell.refcode}/", changes)
    assert response.status_code == 400
    assert list(response.json()["fields"]) == [field]
