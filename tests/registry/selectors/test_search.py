"""Tests of registry.selectors.search: each kind by each of its names, visibility, ranking, hostile searches."""

import io
from collections.abc import Callable

import pytest
from django.contrib.auth.models import AnonymousUser, User
from django.db import connection
from django.test.utils import CaptureQueriesContext

from registry.models import (
    Batch,
    Cell,
    Comparison,
    Layer,
    Measurement,
    Project,
    SearchDocument,
    SearchKind,
    Synonym,
)
from registry.models.visibility import AnyUser
from registry.selectors import search as search_selector
from registry.selectors.query.errors import QueryError
from registry.selectors.search import (
    SearchHits,
    count_by_kind,
    find_documents,
    find_named,
    find_single,
    page_of,
    parse_search_text,
    suggest,
)
from registry.services.comparison import save_comparison
from registry.services.files.attachment import attach_file
from registry.services.files.dataset import add_file
from registry.services.record import save_record
from tests import factories

CSV = b"cycle,charge capacity (mAh),discharge capacity (mAh)\n1,2,1.9\n2,2,1.8\n"


@pytest.fixture
def records(project: Project) -> dict[str, object]:
    """A record of each kind."""
    paper = factories.make_publication(
        project, key="wu2025", doi="10.1002/aenm.202404817", authors="Wu, Zhiyu", title="Dry films", journal="AEM"
    )
    material = factories.make_material(project, "LPSCl", formula="Li6PS5Cl", kind="solid_electrolyte")
    save_record(Synonym(material=material, name="argyrodite"), by=None)
    save_record(Batch(material=material, lot="NEI-77", supplier="Acme"), by=None)
    variant = factories.make_material(project, "fine powder", kind="solid_electrolyte", variant_of=material)
    mix = factories.make_formulation(project, (variant, "electrolyte", "100 %"), name="catholyte mix")
    cell = factories.make_cell(
        project, [Layer(position=1, role="separator", formulation=mix)], label="Zelle Ä", publication=paper
    )
    setup = factories.make_setup(project, name="Press die", instrument="VMP-300", channel="B12")
    measurement = factories.make_measurement(
        cell, technique="eis", label="Fig. S2", setup=setup, stack_pressure_mpa="12.5 MPa"
    )
    cycling = factories.make_measurement(cell, label="rate test")
    add_file(measurement=cycling, file=io.BytesIO(CSV), filename="compPellet_60degC-b2.csv", by=None)
    attach_file(owner=cell, file=io.BytesIO(b"x"), filename="photoOfPellet.jpg", description="after use", by=None)
    factories.make_group(project, cell, name="May pellets", slug="pellets-may")
    save_comparison(
        Comparison(
            project=project,
            slug="low-p",
            title="Low pressure",
            definition={"columns": ["label"], "caption": "Everything gentle"},
        ),
        by=None,
    )
    return {"cell": cell, "measurement": measurement, "material": material}


def titles(text: str, user: AnyUser, kind: str, **options: bool) -> list[str]:
    documents = find_documents(parse_search_text(text), user, **options)
    return [document.title for document in documents.filter(kind=kind).order_by("pk")]


NAMES = [
    (
        "cell",
        "zelle ä|ZELLE A\u0308|catholyte|lpscl|li₆ps₅cl|argyrodite|fine powder|wu2025|10.1002/aenm.202404817|zhiyu|"
        "eis|12.5 MPa|rate test|die cell",
    ),
    (
        "measurement",
        "fig s2|eis|impedance|12.5 MPa|12.5mpa|press die|vmp-300|b12|zelle|argyrodite|wu2025|catholyte",
    ),
    ("material", "lpscl|Li6PS5Cl|argyrodite|argy|nei-77|acme|solid electrolyte"),
    ("formulation", "catholyte|fine powder|argyrodite|LPSCl"),
    (
        "publication",
        "wu2025|10.1002/aenm.202404817|https://doi.org/10.1002/AENM.202404817|aenm|zhiyu|dry films|AEM",
    ),
    ("file", "compPellet_60degC-b2.csv|comp|pellet|60degc|60|b2|csv|zelle|rate test"),
    ("attachment", "photoOfPellet.jpg|photo|pellet|after use|zelle"),
    ("setup", "press die|vmp-300|VMP300|b12|10 mm"),
    ("group", "may pellets|pellets-may|replicates"),
    ("table", "low pressure|low-p|gentle"),
    ("project", "lab"),
]
"""Searches for each kind."""


def test_each_kind_is_found_by_each_of_its_names(records: dict[str, object], viewer: User) -> None:
    missing = [(kind, text) for kind, texts in NAMES for text in texts.split("|") if not titles(text, viewer, kind)]
    assert missing == []


def test_a_refcode_finds_all_that_belongs_to_it(records: dict[str, object], viewer: User) -> None:
    cell = records["cell"]
    assert isinstance(cell, Cell)
    for text in (cell.refcode, f"c-{cell.refcode[2:].lstrip('0')}", f"C{cell.refcode[2:].lstrip('0')}"):
        documents = find_documents(parse_search_text(text), viewer)
        kinds = {"cell", "measurement", "file", "attachment", "group"}
        assert set(documents.values_list("kind", flat=True)) == kinds
        named = find_named(parse_search_text(text), viewer)
        assert [(item.kind, item.record) for item in named] == [("cell", cell.pk)]


def test_nothing_of_a_private_project_is_found_or_counted(
    records: dict[str, object], outsider: User, public_project: Project
) -> None:
    factories.make_material(public_project, "LPSCl")
    texts = ("lpscl", "zelle", "10.1002/aenm.202404817", "C-1", "eis", "pellet", "die", "may", "low", "li", "c")
    users: list[AnyUser] = [outsider, AnonymousUser()]
    for user in users:
        for text in texts:
            search = parse_search_text(text)
            documents = find_documents(search, user, simulated=True)
            public = 1 if text in ("lpscl", "li", "l") and documents else 0
            assert (
                documents.count()
                == public
                == sum(count.count for count in count_by_kind(SearchHits(search, user, simulated=True)))
            )
            assert len(find_named(search, user)) == (text == "lpscl")
            assert len(suggest(search, user)) == public
            assert find_single(search, user) is None


def test_a_refcode_or_doi_names_a_single_record(records: dict[str, object], viewer: User, project: Project) -> None:
    measurement = records["measurement"]
    assert isinstance(measurement, Measurement)

    def single(text: str) -> tuple[str, int] | None:
        document = find_single(parse_search_text(text), viewer)
        return (document.kind, document.record) if document else None

    assert single(measurement.refcode) == ("measurement", measurement.pk)
    assert single(f"m-{measurement.refcode[2:].lstrip('0')}") == ("measurement", measurement.pk)
    assert single("doi:10.1002/AENM.202404817") == ("publication", measurement.cell.publication_id)
    assert single("LPSCl") is None
    assert single("C-99999") is None
    number = measurement.cell.refcode[2:].lstrip("0")
    # A carbon black may have this name.
    assert single(f"C{number}") is None


def test_exact_names_come_first_then_the_newest(project: Project, viewer: User) -> None:
    exact = factories.make_material(project, "LTO")
    newer = [factories.make_material(project, f"LTO coated {number}") for number in range(4)]
    search = parse_search_text("lto")
    search_hits, named = SearchHits(search, viewer), find_named(search, viewer)
    expected = [exact.pk, *(material.pk for material in reversed(newer))]
    pages = [page_of(search_hits, named, "material", start, 2) for start in (0, 2, 4, 6)]
    assert [document.record for page in pages for document in page] == expected
    assert [len(page) for page in pages] == [2, 2, 1, 0]
    assert suggest(search, viewer)[0].record == exact.pk


def test_simulated_records_are_found_only_where_asked_for(project: Project, viewer: User) -> None:
    cell = factories.make_cell(project, label="model pellet", origin="simulated")
    measurement = factories.make_measurement(cell)
    factories.make_group(project, cell, name="model group")
    for kind in ("cell", "measurement", "group"):
        assert titles("model", viewer, kind) == []
        assert len(titles("model", viewer, kind, simulated=True)) == 1
    for text, record in ((cell.refcode, cell.pk), (measurement.refcode, measurement.pk)):
        single = find_single(parse_search_text(text), viewer)
        assert single is not None
        assert single.record == record


def test_counts_are_capped(project: Project, viewer: User, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(4):
        factories.make_material(project, f"oxide {number}")
    factories.make_setup(project, name="oxide die")
    search_hits = SearchHits(parse_search_text("oxide"), viewer)

    def counts() -> list[tuple[str, int, bool]]:
        return [(item.kind, item.count, item.is_capped) for item in count_by_kind(search_hits)]

    assert counts() == [("material", 4, False), ("setup", 1, False)]
    monkeypatch.setattr(search_selector, "COUNT_LIMIT", 3)
    assert counts() == [("material", 3, True), ("setup", 1, False)]


HOSTILE = [
    '"',
    "'",
    '""',
    "\\",
    "*",
    "AND",
    "a AND",
    "OR OR",
    "NOT a",
    "NEAR(a b)",
    "near(",
    "()",
    "a:*",
    "a & | b",
    "tokens:a",
    "^a",
    "{a b}: c",
    "a' || 'b",
    "'; DROP TABLE registry_searchdocument; --",
    "%",
    "_",
    "🔋",
    "🔋 cell",
    "İ",
    "ﬃ",
    "\u0301",
    "a\u0301\u0301",
    "ſ",
    "1.2.3.4.",
    ".a",
    "-1",
    "10.1002/" + "x" * 900,
    " ".join(["word"] * 190),
    "-".join(["w"] * 400),
    "٣",
    "中文",
    "Ⅷ",
    "x" * 1000,
]


def test_no_search_is_an_error(records: dict[str, object], viewer: User) -> None:
    for text in HOSTILE:
        search = parse_search_text(text)
        search_hits = SearchHits(search, viewer)
        count_by_kind(search_hits)
        for kind in SearchKind:
            page_of(search_hits, find_named(search, viewer), kind, 0, 25)
        suggest(search, viewer)
        find_single(search, viewer)


@pytest.mark.parametrize("text", ["\0", "a\0b", "\x1b", "\ud800", "a\nb", "x" * 1001, "x " * 5000])
def test_what_cannot_be_searched_for_is_refused(text: str) -> None:
    with pytest.raises(QueryError) as error:
        parse_search_text(text)
    assert error.value.parameter == "q"


@pytest.mark.parametrize(
    "name", ["🔋", "中文 电池", "a'b\"c", "x" * 100, "NEAR(", "AND", "-", "İstanbul", "1.2.3", "Ⅷ"]
)
def test_any_name_can_be_stored_and_found(project: Project, viewer: User, name: str) -> None:
    material = factories.make_material(project, name)
    assert [item.record for item in find_named(parse_search_text(name), viewer)] == [material.pk]
    if any(character.isalnum() for character in name):
        assert titles(name, viewer, "material") == [name]


def test_the_number_of_queries_is_constant(project: Project, viewer: User) -> None:
    def queries(action: Callable[[], object]) -> int:
        with CaptureQueriesContext(
            connection,
        ) as captured:
            action()
        return len([query for query in captured.captured_queries if "tokens" in query["sql"]])

    def search() -> None:
        parsed = parse_search_text("pellet")
        search_hits = SearchHits(parsed, viewer)
        count_by_kind(search_hits)
        page_of(search_hits, find_named(parsed, viewer), "cell", 0, 25)

    def measure() -> tuple[int, int]:
        return queries(search), queries(lambda: suggest(parse_search_text("pellet"), viewer))

    factories.make_cell(project, label="pellet 0")
    few = measure()
    for number in range(1, 12):
        factories.make_measurement(factories.make_cell(project, label=f"pellet {number}"), label="pellet")
    assert measure() == few
    assert max(few) <= 4


def test_documents_are_rows_of_their_own_project(records: dict[str, object]) -> None:
    assert set(SearchDocument.objects.values_list("project__slug", flat=True)) == {"lab"}
    assert set(SearchDocument.objects.values_list("kind", flat=True)) == set(SearchKind.values)
