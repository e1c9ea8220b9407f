"""The list of cells: columns of numbers, order, facets, CSV and JSON."""

import csv
import io
import json
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from registry.models import Cell, Layer, Project, Value
from registry.services.material import save_material
from tests import factories
from tests.registry.web.conftest import fill


def make_cycled(project: Project, label: str, retention: str, pressure: str, **fields: Any) -> Cell:
    cell = factories.make_cell(project, fields.pop("layers", None), label=label, **fields)
    measurement = factories.make_measurement(cell, stack_pressure_mpa=pressure)
    factories.report(measurement, "capacity_retention_percent", retention)
    factories.report(measurement, "cycle_count", "500")
    return cell


@pytest.fixture
def cells(public_project: Project) -> list[Cell]:
    """Two cells with lithium, one with indium, at 2, 5 and 20 MPa."""
    lithium = factories.make_material(public_project, "Li", kind="metal_or_alloy")
    save_material(lithium, ["lithium metal"], by=None)
    indium = factories.make_material(public_project, "In", kind="metal_or_alloy")
    return [
        make_cycled(
            public_project,
            label,
            retention,
            pressure,
            format=form,
            layers=[Layer(position=1, role="anode", material=material)],
        )
        for label, retention, pressure, form, material in (
            ("first", "80 %", "2 MPa", "die", lithium),
            ("second", "90.25 %", "5 MPa", "die", indium),
            ("third", "~7e1 %", "20 MPa", "pouch", lithium),
        )
    ]


def labels(client: Client, query: str = "") -> list[str]:
    return [row.cell.label for row in client.get(f"/cells/{query}").context["rows"]]


def facet(client: Client, name: str, query: str = "") -> dict[str, int]:
    facets = client.get(f"/cells/facets/{query}").context["facets"]
    return {option.value: option.count for item in facets if item.name == name for option in item.options}


def test_the_newest_cells_come_first_and_columns_sort(cells: list[Cell], client: Client) -> None:
    assert labels(client) == ["third", "second", "first"]
    assert labels(client, "?ordering=-capacity_retention_percent") == ["second", "first", "third"]
    assert labels(client, "?ordering=stack_pressure_mpa") == ["first", "second", "third"]
    assert labels(client, "?ordering=label") == ["first", "second", "third"]
    assert client.get("/cells/?ordering=nothing").status_code == 400


def test_heads_say_how_the_list_is_sorted_and_turn_it_round(cells: list[Cell], client: Client) -> None:
    sort = client.get("/cells/?ordering=-capacity_retention_percent&page=1&anode=Li").context["sort"]
    assert sort["capacity_retention_percent"].direction == "descending"
    assert sort["capacity_retention_percent"].url == "/cells/?ordering=capacity_retention_percent&anode=Li"
    assert sort["stack_pressure_mpa"].url == "/cells/?ordering=-stack_pressure_mpa&anode=Li"
    assert sort["label"].url == "/cells/?ordering=label&anode=Li"
    text = client.get("/cells/?ordering=label").content.decode()
    assert text.count('aria-sort="ascending"') == 1


def test_a_column_has_one_unit_and_one_style_of_numbers(cells: list[Cell], client: Client) -> None:
    columns = {column.slug: column for column in client.get("/cells/").context["columns"]}
    retention = columns["capacity_retention_percent"]
    assert retention.unit == "%"
    assert [(cell.integer, cell.fraction) for cell in retention.cells] == [("~70", ""), ("90", ".25"), ("80", "")]
    assert "specific_capacity_mah_g" not in columns


def test_several_measurements_give_a_range_and_words_stand_for_no_number(
    public_project: Project, client: Client
) -> None:
    cell = make_cycled(public_project, "cell", "90 %", "5 MPa")
    other = factories.make_measurement(cell, stack_pressure_mpa="Coin cell")
    factories.report(other, "capacity_retention_percent", "60 %")
    words = factories.make_cell(public_project, label="words")
    factories.make_measurement(words, stack_pressure_mpa="Coin cell")
    columns = {column.slug: column.cells for column in client.get("/cells/").context["columns"]}
    assert [cell.integer for cell in columns["capacity_retention_percent"] if cell] == ["60 – 90"]
    assert [cell.integer for cell in columns["stack_pressure_mpa"] if cell] == ["Coin cell", "5"]


def test_computed_numbers_have_their_uncertainty_in_brackets(public_project: Project, client: Client) -> None:
    cell = fill(public_project)
    value = Value.objects.get(cell=cell, quantity="electronic_conductivity_s_cm", origin="computed")
    Value.objects.filter(cell=cell, quantity="electronic_conductivity_s_cm", origin="reported").delete()
    Value.objects.filter(pk=value.pk).update_untracked(
        magnitude=6.586e-5, lower=6.586e-5, upper=6.586e-5, standard_uncertainty=1.7e-7
    )
    (column,) = (
        column for column in client.get("/cells/").context["columns"] if column.slug == "electronic_conductivity_s_cm"
    )
    (number,) = column.cells
    assert (column.unit, number.integer, number.fraction, number.uncertainty) == ("mS cm⁻¹", "0", ".06586", "(17)")


def test_computed_numbers_have_few_digits(public_project: Project, client: Client) -> None:
    cell = fill(public_project)
    values = Value.objects.filter(cell=cell, quantity="electronic_conductivity_s_cm")
    values.filter(origin="reported").delete()
    values.update_untracked(magnitude=0.123456789, lower=0.123456789, upper=0.123456789, standard_uncertainty=1e-9)
    columns = {column.slug: column for column in client.get("/cells/").context["columns"]}
    (number,) = columns["electronic_conductivity_s_cm"].cells
    assert (number.integer, number.fraction, number.uncertainty) == ("123", ".457", "")


def test_each_facet_counts_what_its_values_would_list(cells: list[Cell], client: Client) -> None:
    for query in ("", "?anode=Li", "?format=die&anode=Li", "?technique=cycling&stack_pressure_mpa__lte=10"):
        for name in ("origin", "project", "format", "technique", "anode"):
            rest = "&".join(part for part in query[1:].split("&") if part and not part.startswith(f"{name}="))
            for value, count in facet(client, name, query).items():
                assert len(labels(client, f"?{rest}&{name}={value}")) == count, (query, name, value)
    assert facet(client, "anode") == {"Li": 2, "In": 1}
    assert facet(client, "anode", "?anode=lithium+metal")["lithium metal"] == 2
    assert facet(client, "format", "?format=die") == {"die": 2, "pouch": 1}
    assert facet(client, "stack_pressure_mpa") == {"above 1 up to 5": 2, "above 10 up to 50": 1}
    assert facet(client, "stack_pressure_mpa", "?anode=In") == {"above 1 up to 5": 1}


def test_facets_count_no_private_cells(project: Project, cells: list[Cell], viewer: User, client: Client) -> None:
    hidden = factories.make_material(project, "secret alloy", kind="metal_or_alloy")
    make_cycled(project, "hidden", "99 %", "100 MPa", layers=[Layer(position=1, role="anode", material=hidden)])
    text = client.get("/cells/facets/").content.decode()
    assert "secret" not in text
    assert "Lab" not in text
    assert facet(client, "technique") == {"cycling": 3}
    client.force_login(viewer)
    assert facet(client, "technique") == {"cycling": 4}
    assert facet(client, "project") == {"open": 3, "lab": 1}


def test_an_invalid_query_has_no_facets(client: Client, db: None) -> None:
    assert client.get("/cells/facets/?nothing=1").status_code == 400


def rows_of(client: Client, address: str) -> list[dict[str, str]]:
    response = client.get(address)
    assert response.status_code == 200
    return list(csv.DictReader(io.StringIO(response.getvalue().decode())))


def test_csv_has_numbers_with_all_that_is_known_of_them(cells: list[Cell], client: Client) -> None:
    rows = rows_of(client, "/cells.csv?ordering=label")
    assert [row["label"] for row in rows] == ["first", "second", "third"]
    name = "Capacity retention"
    assert [float(row[f"{name} / %"]) for row in rows] == [80, 90.25, 70]
    assert [row[f"{name}, qualifier"] for row in rows] == ["", "", "~"]
    assert [row[f"{name}, lower bound / %"] for row in rows][:2] == ["79.5", "90.245"]
    assert rows[0][f"{name}, origin"] == "reported"
    assert [row["Stack pressure / MPa"] for row in rows] == ["2", "5", "20"]
    assert rows[0]["refcode"] == cells[0].refcode
    assert len(rows_of(client, "/cells.csv?anode=Li")) == 2


def test_json_is_the_same_with_numbers(cells: list[Cell], client: Client) -> None:
    rows = json.loads(client.get("/cells.json?anode=Li&ordering=label").getvalue())
    assert [(row["label"], row["Capacity retention / %"]) for row in rows] == [("first", 80), ("third", 70)]
    assert rows[0]["Stack pressure / MPa"] == 2
    assert json.loads(client.get("/cells.json?anode=Xx").getvalue()) == []


def test_exports_refuse_unknown_parameters_and_formulas(public_project: Project, client: Client) -> None:
    factories.make_cell(public_project, label="=1+1")
    for ending in ("csv", "json"):
        assert client.get(f"/cells.{ending}?anod=Li").status_code == 400
        assert client.get(f"/cells.{ending}?page=2").status_code == 400
    assert rows_of(client, "/cells.csv")[0]["label"] == "'=1+1"


def test_exports_show_private_cells_to_members_only(project: Project, viewer: User, client: Client) -> None:
    make_cycled(project, "hidden", "99 %", "100 MPa")
    assert rows_of(client, "/cells.csv") == []
    client.force_login(viewer)
    assert len(rows_of(client, "/cells.csv")) == 1


def test_cells_are_paged(public_project: Project, client: Client) -> None:
    for number in range(51):
        factories.make_cell(public_project, label=f"cell {number}")
    first, second = labels(client), labels(client, "?page=2")
    assert (len(first), second) == (50, ["cell 0"])
    assert 'rel="next"' in client.get("/cells/").content.decode()
    for page in ("0", "3", "-1", "x", "9999", "99999"):
        assert client.get(f"/cells/?page={page}").status_code == 404


def test_the_number_of_queries_is_constant(cells: list[Cell], public_project: Project, client: Client) -> None:
    addresses = ("/cells/", "/cells/?q=first", "/cells/?technique=cycling", "/cells/facets/", "/cells.csv")

    def count() -> list[int]:
        numbers = []
        for address in addresses:
            with CaptureQueriesContext(connection) as captured:
                client.get(address).getvalue()
            numbers.append(len(captured))
        return numbers

    few = count()
    for number in range(6):
        make_cycled(public_project, f"first {number}", "80 %", "2 MPa")
    fill(public_project, "first pellet")
    assert count() == few
    assert few[0] <= 10


def test_numbers_that_differ_are_no_number_with_bounds(public_project: Project, client: Client) -> None:
    cell = factories.make_cell(public_project)
    for capacity in ("160 mAh/g", "176 mAh/g"):
        factories.report(factories.make_measurement(cell), "specific_capacity_mah_g", capacity)
    (row,) = rows_of(client, "/cells.csv")
    of_capacity = {name.partition(", ")[2]: text for name, text in row.items() if name.startswith("Specific capacity,")}
    assert (of_capacity["measurements"], of_capacity["note"]) == ("2", "160 to 176")
    assert of_capacity["lower bound / mAh g⁻¹"] == of_capacity["upper bound / mAh g⁻¹"] == ""


@pytest.mark.parametrize(
    ("capacities", "shown", "note"),
    [
        (("160 mAh/g", ">176 mAh/g"), "160 – >176", "160 to >176"),
        (("160 mAh/g", ">160 mAh/g"), "160, >160", "160 and >160"),
        ((">160 mAh/g", ">160 mAh/g"), ">160", ""),
    ],
)
def test_a_bound_is_not_the_number_beside_it(
    public_project: Project, client: Client, capacities: tuple[str, str], shown: str, note: str
) -> None:
    cell = factories.make_cell(public_project)
    for capacity in capacities:
        factories.report(factories.make_measurement(cell), "specific_capacity_mah_g", capacity)
    (column,) = (item for item in client.get("/cells/").context["columns"] if item.slug == "specific_capacity_mah_g")
    assert [item.integer for item in column.cells if item] == [shown]
    (row,) = rows_of(client, "/cells.csv")
    assert row["Specific capacity, note"] == note
    assert row["Specific capacity, qualifier"] == ("" if note else ">")


def test_a_file_refuses_a_filter_without_a_value(client: Client, db: None) -> None:
    for address in ("/cells.csv", "/cells.json", "/measurements.csv", "/measurements.json"):
        for query in ("capacity_retention_percent__gte=", "q=", "page=2", "quantity=cycle_count&operator=gte&number=5"):
            assert client.get(f"{address}?{query}").status_code == 400, (address, query)


@pytest.mark.parametrize("kind", ["cells", "measurements"])
def test_a_query_that_is_refused_offers_to_remove_its_fault(client: Client, db: None, kind: str) -> None:
    response = client.get(f"/{kind}/?capacity_retension_percent__gte=80&anode=Li")
    assert response.status_code == 400
    text = response.content.decode()
    assert '<li class="invalid">' in text
    assert f'href="/{kind}/?anode=Li"' in text
    assert f'href="/{kind}/">Show all' in text
