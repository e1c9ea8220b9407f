"""The row of a file to confirm, without a database."""

import pytest

from registry.models import FileDraft, Source
from registry.selectors.files.file_draft import SameFile
from registry.web.entry.files.files_row import DraftRow


def part(**fields: object) -> dict[str, object]:
    """A dataset of a draft."""
    known = {"technique": "eis", "label": "", "columns": ["frequency_hertz"], "rows": 81, "image": None}
    return {**known, "number": 0, "messages": [], "start_time": "", "cycles": 0, "seconds": 0.0, **fields}


def row(*parts: dict[str, object], **fields: object) -> DraftRow:
    return DraftRow(FileDraft(status="read", reader="biologic-mpt", parts=list(parts), **fields), SameFile(), [])


@pytest.mark.parametrize(
    ("parts", "recognised"),
    [
        ([part()], "81 points"),
        ([part(columns=["voltage_volt"], rows=1)], "1 row"),
        ([part(columns=["voltage_volt"], rows=1397, cycles=12, seconds=3 * 86400.0)], "1,397 rows, 12 cycles, 3.0 d"),
        ([part(image={"width": 2048, "height": 1536})], "image 2,048 × 1,536 pixels"),
        ([part(), part(technique="cycling")], "2 datasets (EIS, Cycling)"),
        ([part(technique="", image={"width": 1, "height": 1})] * 3, "3 images"),
    ],
)
def test_what_was_recognised_in_words(parts: list[dict[str, object]], recognised: str) -> None:
    assert row(*parts).recognised.rpartition(": ")[2] == recognised


@pytest.mark.parametrize(
    ("ranges", "text"),
    [
        ([{"frequency_hertz": [0.01, 1e6]}], "1 MHz to 10 mHz"),
        ([{"frequency_hertz": [1.0, 999_990.0]}, {"frequency_hertz": [5e-5, 10.0]}], "1 MHz to 50 µHz"),
        ([{"voltage_volt": [-0.05, 4.3]}], "−0.05 to 4.3 V"),
        ([{}], ""),
    ],
)
def test_the_range_that_was_measured(ranges: list[dict[str, list[float]]], text: str) -> None:
    assert row(*(part(range=item) for item in ranges)).measured_range == text


def test_every_recording_can_be_chosen() -> None:
    assert len(row(*[part(label="", technique="eis")] * 256).recordings) == 2 + 256


def test_proposals_say_where_they_come_from() -> None:
    conditions = {
        "stack_pressure_mpa": {"text": "10 MPa", "source": "name"},
        "voltage_v": {"text": "3.8 V", "source": "file"},
        "cycle_number": {"text": "400", "source": "entered"},
    }
    shown = row(part(), technique="eis", technique_source="file", conditions=conditions)
    assert shown.proposed == "EIS, 10 MPa, 3.8 V, cycle number 400"
    name, file, entered = Source.NAME.label, Source.FILE.label, Source.ENTERED.label
    assert shown.sources == f"10 MPa {name}, cycle number 400 {entered}, the rest {file}"
    assert [field.note for field in shown.fields if field.text] == [name, file, ""]


def test_columns_without_headers_are_counted_from_one() -> None:
    names = [{"column": "0", "name": "Frequency / Hz"}, {"column": "1", "name": "Z' / Ω"}]
    mapping = {"columns": {"0": "frequency_hertz", "1": "real_impedance_ohm"}}
    parameters = {"suggested_mapping": mapping, "suggested_because": names}
    refusal = {"code": "no-column-names", "text": "", "parameters": parameters}
    suggestion = row(refusal=refusal).suggestion
    assert suggestion
    assert [column for column, _ in suggestion.columns] == ["column 1", "column 2"]
