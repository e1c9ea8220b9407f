"""Lists handle repeated, long and extreme parameters without a server error."""

from urllib.parse import urlencode

import pytest
from rest_framework.test import APIClient

from registry.api.urls import router
from registry.models import Comparison, Project
from registry.models.condition import condition_slugs
from registry.selectors.query.limits import MAX_CONDITIONS, MAX_ORDERING
from registry.selectors.query.parsing import CELL_NUMBERS, LAYER_NUMBERS, value_quantities
from registry.services.comparison import save_comparison
from tests import factories

LISTS = {f"/api/{prefix}/": viewset for prefix, viewset, _ in router.registry} | {
    "/api/publications/bibtex/": None,
    "/api/plugins/orphans/": None,
    "/api/comparisons/saved/": None,
}
QUERIED = ("/api/cells/", "/api/measurements/", "/api/comparisons/saved/")
NUMBERS = [*condition_slugs(), *LAYER_NUMBERS, *CELL_NUMBERS, *value_quantities()]
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
    """A saved table with a single measurement."""
    cell = factories.make_pellet(public_project)
    measurement = factories.make_measurement(cell)
    factories.report(measurement, "capacity_retention_percent", "80 %")
    factories.report(measurement, "resistance_ohm", "2 Ω", at="peak:1")
    definition = {"columns": ["label"] * 100, "filters": {"anode": ["Li"] * 150}}
    return save_comparison(Comparison(project=public_project, slug="saved", title="T", definition=definition), by=None)


@pytest.fixture
def reader(api: APIClient) -> APIClient:
    """A signed-in client, since memberships are not public."""
    return api


def parameters_of(url: str) -> list[str]:
    """The parameters of a list (for the query language, some of each kind)."""
    parameters = ["page", "page_size", "ordering", "nothing"]
    parameters += list(getattr(LISTS[url], "filters", {}))
    if url in QUERIED:
        parameters += ["q", "anode", "refcode", "label", "doi", "technique", "measurement", "value_origin", "format"]
        parameters += [
            f"{name}{end}" for name in ("stack_pressure_mpa", "cycle_count") for end in ("", "__gte", "__exists")
        ]
        parameters += ["thickness_um__lt", "cathode.thickness_um", "fabrication_pressure_mpa__gt"]
    if url == "/api/audit/":
        parameters += ["cell", "project", "measurement", "disagreeing"]
    return parameters


def status(client: APIClient, url: str, *pairs: tuple[str, str]) -> int:
    response = client.get(f"{url}?{urlencode(pairs)}")
    assert response.status_code in (200, 400, 404), (url, response.status_code)
    if response.status_code != 200:
        assert set(response.json()) == {"error", "code", "fields", "codes"}
    return int(response.status_code)


@pytest.mark.parametrize("url", LISTS)
def test_extreme_values_are_handled(reader: APIClient, saved: Comparison, url: str) -> None:
    for number, name in enumerate(parameters_of(url)):
        # Each parameter with a third of the values, each value with several parameters.
        for extreme in EXTREME[number % 3 :: 3]:
            status(reader, url, (name, extreme))


@pytest.mark.parametrize("url", LISTS)
def test_repeated_parameters_are_handled(reader: APIClient, saved: Comparison, url: str) -> None:
    times = 1500 if url in QUERIED else 2 * MAX_CONDITIONS
    for name in parameters_of(url):
        repeated = status(reader, url, *[(name, "1")] * times)
        assert repeated == status(reader, url, (name, "1")), name
        assert status(reader, url, *[(name, str(number)) for number in range(times)]) == 400, name
    assert status(reader, url, *[(f"x{number}", "1") for number in range(times)]) == 400


@pytest.mark.parametrize("url", LISTS)
def test_the_largest_number_of_conditions_is_accepted(reader: APIClient, saved: Comparison, url: str) -> None:
    filters = getattr(LISTS[url], "filters", {})
    for name, item in filters.items():
        if item.kind != "boolean" and not item.choices and name != "quantity":
            stem = {"doi": "10.1000/", "at": "peak:"}.get(name, "")
            values = [(name, f"{stem}{number}") for number in range(MAX_CONDITIONS)]
            assert status(reader, url, *values) == 200, name


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


@pytest.mark.parametrize("url", QUERIED)
def test_the_largest_query_is_accepted(reader: APIClient, saved: Comparison, url: str) -> None:
    assert {kind: status(reader, url, *pairs) for kind, pairs in FULL.items()} == dict.fromkeys(FULL, 200)


@pytest.mark.parametrize("url", QUERIED[:2])
def test_the_largest_query_is_ordered(reader: APIClient, saved: Comparison, url: str) -> None:
    columns = value_quantities()
    for order in (columns[:MAX_ORDERING], columns[:1] * 100, [f"-{columns[0]}", columns[0]] * 100):
        assert status(reader, url, *FULL["values"][1:], ("ordering", ",".join(dict.fromkeys(order)))) == 200
        assert status(reader, url, *[("ordering", name) for name in order]) == 200
    assert status(reader, url, ("ordering", ",".join(columns[: MAX_ORDERING + 1]))) == 400


@pytest.mark.parametrize("kind", FULL)
def test_a_table_with_the_largest_filter_is_saved_and_formatted(api: APIClient, project: Project, kind: str) -> None:
    filters: dict[str, list[str]] = {}
    for name, value in FULL[kind]:
        filters.setdefault(name, []).append(value)
    payload = {
        "slug": "large",
        "title": "Large",
        "project": "lab",
        "definition": {"columns": ["label"], "filters": filters},
    }
    response = api.post("/api/comparisons/", payload)
    assert response.status_code == 201, response.json()
    assert status(api, "/api/comparisons/large/", ("format", "csv")) == 200
    filters["cathode"] = [f"more{number}" for number in range(MAX_CONDITIONS)]
    response = api.patch("/api/comparisons/large/", {"definition": {"columns": ["label"], "filters": filters}})
    assert (response.status_code, list(response.json()["fields"])) == (400, ["definition"])


@pytest.mark.parametrize("name", ["columns", "order", "require"])
def test_too_many_columns_are_rejected(api: APIClient, project: Project, name: str) -> None:
    definition = {"columns": ["label"], name: ["label"] * 101}
    response = api.post("/api/comparisons/", {"slug": "x", "title": "X", "project": "lab", "definition": definition})
    assert (response.status_code, list(response.json()["fields"])) == (400, ["definition"])


def test_repeated_values_count_once(reader: APIClient, saved: Comparison) -> None:
    assert status(reader, "/api/cells/", *[("anode", "Li")] * 150) == 200
    assert reader.get("/api/comparisons/saved/").status_code == 200
