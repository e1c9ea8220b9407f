"""HTML tables, read back with html.parser."""

from html.parser import HTMLParser

from plugins.table_formats.html import register_table_formats, render
from registry.hookspecs import PrintedTable, Reference

VOID = {"meta", "br"}


class Page(HTMLParser):
    """Collects rows of (tag, attributes, text), checks that tags nest."""

    def __init__(self, table: PrintedTable) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.rows: list[list[tuple[str, dict[str, str | None], str]]] = []
        self.text = ""
        self.feed(render(table).decode())
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.rows[-1].append((tag, dict(attrs), ""))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data
        if {"td", "th"} & set(self.open):
            tag, attributes, text = self.rows[-1][-1]
            self.rows[-1][-1] = (tag, attributes, text + data)

    def texts(self, row: int) -> list[str]:
        return [text for _, _, text in self.rows[row]]

    def ids(self) -> list[str | None]:
        return [attributes["id"] for _, attributes in self.tags if "id" in attributes]

    def links(self) -> list[str]:
        return [attributes["href"] or "" for tag, attributes in self.tags if tag == "a"]


def test_headers_have_units_and_scope(table: PrintedTable) -> None:
    page = Page(table)
    assert page.texts(0)[2] == "Electronic conductivity σ / mS cm⁻¹"
    assert {(tag, attributes["scope"]) for tag, attributes, _ in page.rows[0]} == {("th", "col")}


def test_prints_every_number_as_written(table: PrintedTable) -> None:
    page = Page(table)
    assert page.texts(1) == ['=cmd("calc")', "7.87×10³", "9.71×10⁻³\N{THIN SPACE}a", "3×3", "10"]
    assert page.texts(3)[1] == "> 80a,b"


def test_a_missing_value_is_marked_as_such(table: PrintedTable) -> None:
    _, attributes, text = Page(table).rows[2][4]
    assert (text, attributes["class"]) == ("Coin cell", "number missing")


def test_labels_stay_text_and_no_script_runs(table: PrintedTable) -> None:
    page = Page(table)
    assert page.texts(2)[0] == "<script>alert(1)</script>"
    assert {tag for tag, _ in page.tags}.isdisjoint({"script", "i", "b", "link", "img"})


def test_footnote_marks_lead_to_their_footnotes(table: PrintedTable) -> None:
    page = Page(table)
    targets = {link.removeprefix("#") for link in page.links() if link.startswith("#")}
    assert targets == {"odd-cells-note-a", "odd-cells-note-b"} <= set(page.ids())
    assert len(set(page.ids())) == len(page.ids())


def test_lists_references_with_their_doi(table: PrintedTable) -> None:
    page = Page(table)
    assert "https://doi.org/10.1000/xyz_1" in page.links()
    assert page.text.count("doi:10.1000/xyz_1") == 1
    assert [attributes for tag, attributes in page.tags if tag == "li" and "value" in attributes] == [
        {"value": "1"},
        {"value": "2"},
    ]


def test_a_doi_cannot_leave_its_link(table: PrintedTable) -> None:
    spiteful = Reference(1, "X", doi='10.1/"onclick="x <b>')
    page = Page(PrintedTable("t", "T", "", table.headings, (), (), (spiteful,)))
    assert page.links() == ["https://doi.org/10.1/%22onclick%3D%22x%20%3Cb%3E"]


def test_has_title_and_caption(table: PrintedTable) -> None:
    page = Page(table)
    assert "Odd & ends -1 % of *all* cells" in page.text
    assert ("html", {"lang": "en"}) in page.tags


def test_a_transposed_table_has_row_headers(transposed_table: PrintedTable) -> None:
    page = Page(transposed_table)
    assert page.texts(0) == ["Stack pressure / MPa", "2", "5"]
    assert page.texts(2) == ["Electronic conductivity / mS cm⁻¹", "7.18", "7.41a"]
    assert [tag for tag, _, _ in page.rows[2]] == ["th", "td", "td"]
    assert page.rows[2][0][1]["scope"] == "row"


def test_an_empty_table_states_that_it_has_no_rows(empty_table: PrintedTable) -> None:
    page = Page(empty_table)
    tag, attributes, text = page.rows[1][0]
    assert (tag, attributes) == ("td", {"colspan": "5"})
    assert text.startswith("No measurement matches")


def test_footnotes_go_on_after_z_and_references_may_be_none(noted_table: PrintedTable) -> None:
    page = Page(noted_table)
    assert page.texts(30) == ["cell 30", "30ae"]
    assert "noted-note-ae" in page.ids()
    assert "References" not in page.text


def test_output_is_reproducible(table: PrintedTable) -> None:
    assert render(table) == render(table)


def test_registers_as_html() -> None:
    (form,) = register_table_formats()
    assert (form.name, form.extension) == ("html", "html")
