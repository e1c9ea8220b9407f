"""Cells over the API: layers, numbers as written, and the query language."""

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


def test_enters_a_cell_with_its_layers_in_the_order_listed(api: APIClient, project: Project) -> None:
    material = factories.make_material(project, "NCM90")
    layers = [
        {"role": "cathode", "material": material.pk, "mass_loading": "11.2 mg/cm²", "area_cm2": 9},
        {"role": "anode", "material": material.pk, "thickness": "0.05 mm"},
    ]
    answer = api.post("/api/cells/", {"project": "lab", "label": "one", "format": "die", "layers": layers})
    assert answer.status_code == 201, answer.json()
    shown = answer.json()
    assert shown["refcode"].startswith("C-")
    assert shown["configuration"] == "NCM90/NCM90"
    assert [layer["position"] for layer in shown["layers"]] == [1, 2]
    assert shown["layers"][0]["area"] == "9 cm²"
    assert shown["layers"][1]["thickness"] == "0.05 mm"
    assert shown["layers"][1]["thickness_um"] == pytest.approx(50)


def test_keeps_the_layers_when_none_are_sent(api: APIClient, full_cell: Cell) -> None:
    answer = api.patch(f"/api/cells/{full_cell.refcode}/", {"label": "renamed"})
    assert answer.status_code == 200
    assert answer.json()["label"] == "renamed"
    assert len(answer.json()["layers"]) == 2


def test_replaces_all_layers_by_those_sent_and_keeps_one_with_its_id(api: APIClient, full_cell: Cell) -> None:
    first = full_cell.layers.get(position=1)
    sent = [{"id": first.pk, "role": "cathode", "material": first.material_id, "mass_loading_mg_cm2": 12}]
    answer = api.patch(f"/api/cells/{full_cell.refcode}/", {"layers": sent})
    assert answer.status_code == 200, answer.json()
    assert [(layer["id"], layer["mass_loading"]) for layer in answer.json()["layers"]] == [(first.pk, "12 mg cm⁻²")]
    assert answer.json()["configuration"] == "NCM90"


def test_takes_back_what_it_gave(api: APIClient, full_cell: Cell) -> None:
    address = f"/api/cells/{full_cell.refcode}/"
    given = api.get(address).json()
    assert api.patch(address, given).status_code == 200
    assert api.get(address).json() == given


@pytest.mark.parametrize(
    ("layer", "where", "words"),
    [
        ({"thickness": "-5 µm"}, "layers.2.thickness", "must be above 0"),
        ({"thickness": "10 mA"}, "layers.2.thickness", "is a current"),
        ({"thicknes": "10 µm"}, "layers.2.thicknes", "Did you mean ‘thickness’?"),
        ({"material": None}, "layers.2.material", "a material or of a formulation"),
        ({"material": 99999}, "layers.2.material", "none with the id 99999"),
        ({"material": "NCM90"}, "layers.2.material", "an id, a whole number"),
        ({"position": 1}, "", "Two entries have the position 1"),
        ({"id": 99999}, "layers.2.id", "leave the id out"),
    ],
)
def test_refuses_a_bad_layer_by_its_number_and_saves_nothing(
    api: APIClient, full_cell: Cell, layer: dict, where: str, words: str
) -> None:
    material = full_cell.layers.get(position=1).material_id
    layers = [{"role": "cathode", "material": material}, {"role": "anode", "material": material} | layer]
    answer = api.patch(f"/api/cells/{full_cell.refcode}/", {"label": "changed", "layers": layers})
    assert answer.status_code == 400
    body = answer.json()
    assert words in (" ".join(body["fields"][where]) if where else body["error"])
    full_cell.refresh_from_db()
    assert full_cell.label == "first"
    assert full_cell.layers.filter(thickness="50 µm (exact)").count() == 1


def test_creates_no_cell_when_a_layer_is_bad(api: APIClient, project: Project) -> None:
    sent = {"project": "lab", "label": "one", "format": "die", "layers": [{"role": "cathode"}]}
    assert api.post("/api/cells/", sent).status_code == 400
    assert not Cell.objects.exists()


def test_refuses_another_refcode(api: APIClient, full_cell: Cell) -> None:
    answer = api.patch(f"/api/cells/{full_cell.refcode}/", {"refcode": "C-99999"})
    assert answer.status_code == 400
    assert "cannot be changed" in answer.json()["fields"]["refcode"][0]


def test_deletes_a_cell(api: APIClient, full_cell: Cell) -> None:
    assert api.delete(f"/api/cells/{full_cell.refcode}/").status_code == 204
    assert api.get(f"/api/cells/{full_cell.refcode}/").status_code == 404


def test_tells_who_changed_what(api: APIClient, full_cell: Cell) -> None:
    api.patch(f"/api/cells/{full_cell.refcode}/", {"label": "second"})
    newest = api.get(f"/api/cells/{full_cell.refcode}/history/").json()[0]
    assert (newest["by"], newest["kind"], newest["what"]) == ("colleague", "changed", "cell")
    assert newest["fields"] == [{"name": "label", "before": "first", "after": "second"}]


class TestQuery:
    """The question of the reference paper: which cells keep 80 % below 10 MPa?"""

    ASKED = "/api/cells/?capacity_retention_percent__gte=80&stack_pressure_mpa__lte=10&anode=Li"

    def test_answers_with_the_measurement_on_which_all_of_it_holds(self, api: APIClient, full_cell: Cell) -> None:
        good = factories.make_measurement(full_cell, stack_pressure="2 MPa", c_rate_as_written="0.2C")
        other = factories.make_measurement(full_cell, stack_pressure="20 MPa")
        factories.report(good, "capacity_retention_percent", "90.9%")
        factories.report(good, "cycle_count", "1000")
        factories.report(other, "capacity_retention_percent", "95 %")
        (found,) = api.get(self.ASKED).json()["results"]
        assert found["refcode"] == full_cell.refcode
        (match,) = found["matches"]
        assert match["measurement"] == good.refcode
        assert match["conditions"]["stack_pressure_mpa"] == {"written": "2 MPa", "magnitude": 2.0}
        assert [(value["quantity"], value["written"], value["origin"]) for value in match["values"]] == [
            ("capacity_retention_percent", "90.9%", "reported")
        ]

    def test_does_not_join_conditions_of_two_measurements(self, api: APIClient, full_cell: Cell) -> None:
        high = factories.make_measurement(full_cell, stack_pressure="20 MPa")
        low = factories.make_measurement(full_cell, stack_pressure="2 MPa")
        factories.report(high, "capacity_retention_percent", "90 %")
        factories.report(low, "capacity_retention_percent", "60 %")
        assert api.get(self.ASKED).json()["results"] == []

    def test_narrows_to_computed_values(self, api: APIClient, full_cell: Cell) -> None:
        factories.report(factories.make_measurement(full_cell, stack_pressure="2 MPa"), "cycle_count", "1000")
        asked = "/api/cells/?cycle_count__gte=100"
        assert api.get(asked).json()["count"] == 1
        assert api.get(asked + "&value_origin=reported").json()["count"] == 1
        assert api.get(asked + "&value_origin=computed").json()["count"] == 0

    def test_has_no_matches_when_nothing_is_asked_of_measurements(self, api: APIClient, full_cell: Cell) -> None:
        (found,) = api.get("/api/cells/?cathode=NCM90&format=die").json()["results"]
        assert found["matches"] is None

    def test_orders_by_a_quantity(self, api: APIClient, project: Project) -> None:
        for label, retention in (("low", "70 %"), ("high", "90 %"), ("none", "")):
            measurement = factories.make_measurement(factories.make_cell(project, label=label))
            if retention:
                factories.report(measurement, "capacity_retention_percent", retention)
        answer = api.get("/api/cells/?ordering=-capacity_retention_percent").json()
        assert [cell["label"] for cell in answer["results"]] == ["high", "low", "none"]

    def test_pages(self, api: APIClient, project: Project) -> None:
        for number in range(5):
            factories.make_cell(project, label=str(number))
        answer = api.get("/api/cells/?page_size=2&page=2").json()
        assert (answer["count"], [cell["label"] for cell in answer["results"]]) == (5, ["2", "3"])

    @pytest.mark.parametrize(
        ("asked", "parameter", "words"),
        [
            (
                "capacity_retention__gte=80",
                "capacity_retention__gte",
                "Did you mean ‘capacity_retention_percent__gte’?",
            ),
            ("capacity_retention_percent__ge=80", "capacity_retention_percent__ge", "is not an operator"),
            ("capacity_retention_percent__gte=NaN", "capacity_retention_percent__gte", "not a finite number"),
            ("stack_pressure_mpa__lte=10 mA", "stack_pressure_mpa__lte", "is a current"),
            ("stack_pressure_mpa__lte=", "stack_pressure_mpa__lte", "has no value"),
            ("anod=", "anod", "Did you mean ‘anode’?"),
            ("pagesize=10", "pagesize", "Did you mean ‘page_size’?"),
            ("search=NCM90", "search", "Besides quantities there are anode, cathode,"),
            ("format=cion", "format", "there are die"),
            ("value_origin=guessed", "value_origin", "reported, computed"),
            ("ordering=colour", "ordering", "cannot be ordered by ‘colour’"),
            ("page_size=0", "page_size", "from 1 to 1000"),
            ("page_size=many", "page_size", "from 1 to 1000"),
            ("q=%00", "q", "control character"),
        ],
    )
    def test_refuses_what_it_does_not_understand(
        self, api: APIClient, project: Project, asked: str, parameter: str, words: str
    ) -> None:
        answer = api.get(f"/api/cells/?{asked}")
        assert answer.status_code == 400
        assert words in answer.json()["fields"][parameter][0]


def test_of_two_changes_at_once_neither_undoes_the_other(api: APIClient, project: Project) -> None:
    """Both have read the cell before either writes, as two requests at the same moment do."""
    cell = factories.make_cell(project)
    sent: tuple[dict, dict] = ({"notes": "dried"}, {"fabrication_pressure": "360 MPa"})
    request = RequestFactory().patch("/")
    request.user = User.objects.get(username="colleague")
    both = [
        CellSerializer(Cell.objects.get(), data=element, partial=True, context={"request": request}) for element in sent
    ]
    for item in both:
        assert item.is_valid()
    for entry in both:
        entry.save()
    cell.refresh_from_db()
    assert (cell.notes, cell.fabrication_pressure_mpa) == ("dried", 360)
