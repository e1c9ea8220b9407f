"""No list fails on what is asked too often, too long or too large: it answers, or says what is wrong."""

from urllib.parse import urlencode

import pytest
from rest_framework.test import APIClient

from registry.api.urls import router
from registry.models import Comparison, Project
from registry.selectors.query.parsing import (
    CELL_NUMBERS,
    CONDITIONS,
    LAYER_NUMBERS,
    MAX_CONDITIONS,
    MAX_ORDERING,
    value_quantities,
)
from registry.services.comparison import save_comparison
from tests import factories

LISTS = {f"/api/{prefix}/": viewset for prefix, viewset, _ in router.registry} | {
    "/api/publications/bibtex/": None,
    "/api/plugins/gone/": None,
    "/api/comparisons/saved/": None,
}
QUERIED = ("/api/cells/", "/api/measurements/", "/api/comparisons/saved/")
NUMBERS = [*CONDITIONS, *LAYER_NUMBERS, *CELL_NUMBERS, *value_quantities()]
EXTREME = (
    "1e999",
    "-1e999",
    "1e308",
    "9" * 400,
    "9" * 5000,
    "0" * 5000 + "1",
    str(10**30),
    str(2**63),
    "a" * 100_000,
    "a " * 50_000,
    "%_\\" * 300,
    "²",
)


@pytest.fixture
def saved(public_project: Project) -> Comparison:
    """A table of one measurement, saved as ‘saved’."""
    cell = factories.make_pellet(public_project)
    factories.report(factories.make_measurement(cell), "capacity_retention_percent", "80 %")
    definition = {"columns": ["label"] * 100, "filters": {"anode": ["Li"] * 150}}
    return save_comparison(Comparison(project=public_project, slug="saved", title="T", definition=definition), by=None)


@pytest.fixture
def reader(api: APIClient) -> APIClient:
    """Somebody signed in, as the list of members is not for visitors."""
    return api


def parameters_of(address: str) -> list[str]:
    """Every parameter of a list, of the query language a few of each kind."""
    known = ["page", "page_size", "ordering", "nothing"]
    known += list(getattr(LISTS[address], "filters", {}))
    if address in QUERIED:
        known += ["q", "anode", "refcode", "label", "doi", "technique", "measurement", "value_origin", "format"]
        known += [f"{name}{end}" for name in ("stack_pressure_mpa", "cycle_count") for end in ("", "__gte", "__exists")]
        known += ["thickness_um__lt", "cathode.thickness_um", "fabrication_pressure_mpa__gt"]
    if address == "/api/audit/":
        known += ["cell", "project", "measurement", "disagreeing"]
    return known


def status(client: APIClient, address: str, *pairs: tuple[str, str]) -> int:
    answer = client.get(f"{address}?{urlencode(pairs)}")
    assert answer.status_code in (200, 400, 404), (address, answer.status_code)
    if answer.status_code != 200:
        assert set(answer.json()) == {"error", "fields"}
    return int(answer.status_code)


@pytest.mark.parametrize("address", LISTS)
def test_no_value_is_too_much_for_a_list(reader: APIClient, saved: Comparison, address: str) -> None:
    for name in parameters_of(address):
        for extreme in EXTREME:
            status(reader, address, (name, extreme))


@pytest.mark.parametrize("address", LISTS)
def test_no_parameter_is_too_often_for_a_list(reader: APIClient, saved: Comparison, address: str) -> None:
    for name in parameters_of(address):
        repeated = status(reader, address, *[(name, "1")] * 1500)
        assert repeated == status(reader, address, (name, "1")), name
        assert status(reader, address, *[(name, str(number)) for number in range(1500)]) == 400, name
    assert status(reader, address, *[(f"x{number}", "1") for number in range(1500)]) == 400


@pytest.mark.parametrize("address", LISTS)
def test_as_many_conditions_as_are_taken_are_answered(reader: APIClient, saved: Comparison, address: str) -> None:
    filters = getattr(LISTS[address], "filters", {})
    for name, taken in filters.items():
        if taken.kind != "boolean" and not taken.choices and name != "quantity":
            stem = "10.1000/" if name == "doi" else ""
            values = [(name, f"{stem}{number}") for number in range(MAX_CONDITIONS)]
            assert status(reader, address, *values) == 200, name


WORDS = ("anode", "material", "label")
FULL = {
    **{name: [(name, f"word{number}") for number in range(MAX_CONDITIONS)] for name in WORDS},
    "doi": [("doi", f"10.1000/word{number}") for number in range(MAX_CONDITIONS)],
    "measurement": [("measurement", f"M-{number}") for number in range(MAX_CONDITIONS)],
    "q": [("q", " ".join(f"word{number}" for number in range(MAX_CONDITIONS)))],
    "bounds": [("stack_pressure_mpa__gte", str(number)) for number in range(MAX_CONDITIONS)],
    "strict bounds": [("stack_pressure_mpa__gt", str(number)) for number in range(MAX_CONDITIONS)],
    "undecided bounds": [("fabrication_pressure_mpa", str(number)) for number in range(MAX_CONDITIONS)],
    "layers": [("cathode.thickness_um__lt", str(number + 1)) for number in range(MAX_CONDITIONS)],
    "values": [("cycle_count__gt", str(number)) for number in range(MAX_CONDITIONS)],
    "numbers": [(f"{slug}__gte", "0") for slug in NUMBERS[:MAX_CONDITIONS]],
    "absent": [(f"{slug}__exists", "false") for slug in NUMBERS[:MAX_CONDITIONS]],
    "operators": [
        (f"{slug}{operator}", "1") for slug in NUMBERS for operator in ("__gt", "__lt", "__gte", "__lte")
    ][-MAX_CONDITIONS:],
}  # fmt: skip


@pytest.mark.parametrize("address", QUERIED)
@pytest.mark.parametrize("kind", FULL)
def test_a_query_as_large_as_is_taken_is_answered(
    reader: APIClient, saved: Comparison, address: str, kind: str
) -> None:
    assert status(reader, address, *FULL[kind]) == 200


@pytest.mark.parametrize("address", QUERIED[:2])
def test_a_query_as_large_as_is_taken_is_ordered(reader: APIClient, saved: Comparison, address: str) -> None:
    columns = value_quantities()
    for order in (columns[:MAX_ORDERING], columns[:1] * 100, [f"-{columns[0]}", columns[0]] * 100):
        assert status(reader, address, *FULL["values"][1:], ("ordering", ",".join(dict.fromkeys(order)))) == 200
        assert status(reader, address, *[("ordering", name) for name in order]) == 200
    assert status(reader, address, ("ordering", ",".join(columns[: MAX_ORDERING + 1]))) == 400


@pytest.mark.parametrize("kind", FULL)
def test_a_table_with_as_large_a_filter_is_saved_and_printed(api: APIClient, project: Project, kind: str) -> None:
    filters: dict[str, list[str]] = {}
    for name, value in FULL[kind]:
        filters.setdefault(name, []).append(value)
    sent = {
        "slug": "large",
        "title": "Large",
        "project": "lab",
        "definition": {"columns": ["label"], "filters": filters},
    }
    answer = api.post("/api/comparisons/", sent)
    assert answer.status_code == 201, answer.json()
    assert status(api, "/api/comparisons/large/", ("format", "csv")) == 200
    filters["cathode"] = [f"more{number}" for number in range(MAX_CONDITIONS)]
    answer = api.patch("/api/comparisons/large/", {"definition": {"columns": ["label"], "filters": filters}})
    assert (answer.status_code, list(answer.json()["fields"])) == (400, ["definition"])


@pytest.mark.parametrize("name", ["columns", "order", "require"])
def test_a_table_has_a_largest_number_of_columns(api: APIClient, project: Project, name: str) -> None:
    definition = {"columns": ["label"], name: ["label"] * 101}
    answer = api.post("/api/comparisons/", {"slug": "x", "title": "X", "project": "lab", "definition": definition})
    assert (answer.status_code, list(answer.json()["fields"])) == (400, ["definition"])


def test_repeats_change_nothing(reader: APIClient, saved: Comparison) -> None:
    assert status(reader, "/api/cells/", *[("anode", "Li")] * 150) == 200
    assert reader.get("/api/comparisons/saved/").status_code == 200
