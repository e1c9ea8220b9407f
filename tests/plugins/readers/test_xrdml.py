import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from plugins.readers import xrdml
from plugins.readers.xrdml import read, recognises
from registry.hookspecs import UnreadableFile
from tests.coded import message_of, refuses
from tests.plugins.readers import shared_data
from tests.plugins.readers.samples import XRDML, write

SCAN = XRDML[XRDML.index("  <scan") : XRDML.index(" </xrdMeasurement>")]
COUNTS = '<intensities unit="counts">100 140 220 130 90</intensities>'
RANGE = "<startPosition>10</startPosition><endPosition>12</endPosition>"


def with_text(old: str, new: str) -> str:
    assert old in XRDML
    return XRDML.replace(old, new)


def test_reads_a_pattern_with_its_angles(tmp_path: Path) -> None:
    (only,) = read(write(tmp_path, XRDML))
    assert {name: column.tolist() for name, column in only.columns.items()} == {
        "two_theta_degree": [10, 10.5, 11, 11.5, 12],
        "intensity_count": [100, 140, 220, 130, 90],
    }
    assert (only.technique, only.label, only.messages) == ("xrd", "", ())
    assert only.start_time == datetime(2020, 11, 6, 18, 9, 37, tzinfo=UTC)
    assert only.header["instrument"] == "EMPYREAN"
    assert only.header["sample"] == "powder"
    assert only.header["wavelength"] == "1.5405980 Å (Kα1)"


def test_listed_positions_come_before_a_range(tmp_path: Path) -> None:
    (only,) = read(write(tmp_path, with_text(RANGE, "<listPositions>10 10.1 10.3 10.6 11</listPositions>")))
    assert only.columns["two_theta_degree"].tolist() == [10, 10.1, 10.3, 10.6, 11]


def test_intensities_may_be_counts_per_second(tmp_path: Path) -> None:
    (only,) = read(write(tmp_path, with_text('unit="counts"', 'unit="cps"')))
    assert set(only.columns) == {"two_theta_degree", "intensity_count_per_second"}


@pytest.mark.parametrize(("element", "first"), [("counts", 1000.0), ("intensities", 100.0)])
def test_counts_are_multiplied_by_the_attenuation_and_intensities_are_already(
    tmp_path: Path, element: str, first: float
) -> None:
    factors = "<beamAttenuationFactors>10 1 1 1 1</beamAttenuationFactors>"
    (only,) = read(write(tmp_path, with_text(COUNTS, factors + COUNTS.replace("intensities", element))))
    assert only.columns["intensity_count"][0] == first
    assert bool(only.messages) == (element == "counts")


def test_scans_are_datasets_and_those_of_other_axes_are_named(tmp_path: Path) -> None:
    other = SCAN.replace('<positions axis="2Theta" unit="deg">', '<positions axis="Phi" unit="deg">')
    datasets = read(write(tmp_path, with_text(SCAN, SCAN + other + SCAN)))
    assert [dataset.label for dataset in datasets] == ["scan 1", "scan 3"]
    assert message_of(datasets[0].messages, "scans-of-other-axes").parameters["count"] == 1


def test_a_start_without_zone_is_local_time(tmp_path: Path) -> None:
    (only,) = read(write(tmp_path, with_text("+00:00", "")))
    assert only.start_time == datetime(2020, 11, 6, 18, 9, 37)
    assert message_of(only.messages, "start-time-without-zone")


@pytest.mark.parametrize(
    ("content", "code", "parameters"),
    [
        (with_text("100 140", "100 n/a"), "cell-not-a-number", {"scan": 1, "words": "intensities"}),
        (with_text(COUNTS, ""), "no-intensities", {"scan": 1}),
        (with_text('unit="counts"', 'unit="volts"'), "unknown-unit", {"unit": "volts"}),
        (with_text('axis="2Theta" unit="deg"', 'axis="2Theta" unit="rad"'), "unknown-unit", {"unit": "rad"}),
        (with_text(RANGE, "<startPosition>10</startPosition>"), "no-positions", {"scan": 1}),
        (with_text("<startPosition>10<", "<startPosition>10 11<"), "no-positions", {"scan": 1}),
        (with_text(RANGE, "<listPositions>1 2</listPositions>"), "ragged-rows", {"count": 2, "points": 5}),
        (with_text('axis="2Theta"', 'axis="Phi"'), "no-scan-of-two-theta", {"scans": 1}),
        (XRDML[: XRDML.index("130 90")], "invalid-xml", {"line": 17}),
    ],
)
def test_errors_name_the_scan_and_the_problem(tmp_path: Path, content: str, code: str, parameters: dict) -> None:
    with refuses(code, UnreadableFile, **parameters):
        read(write(tmp_path, content))


@pytest.mark.parametrize(
    "declaration",
    [
        '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>',
        '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE x SYSTEM "http://127.0.0.1/x.dtd">',
    ],
)
def test_a_document_type_is_refused_before_any_entity_is_read(tmp_path: Path, declaration: str) -> None:
    hostile = XRDML.replace("?>\n", f"?>\n{declaration}\n", 1).replace("powder", "&b;" if "&a;" in declaration else "x")
    with refuses("document-type", UnreadableFile):
        read(write(tmp_path, hostile))


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_document_type_is_refused_in_other_encodings(tmp_path: Path, encoding: str) -> None:
    text = XRDML.replace(' encoding="UTF-8"', "").replace("?>\n", "?>\n<!DOCTYPE x>\n", 1)
    path = tmp_path / "file"
    path.write_bytes(text.encode(encoding))
    assert recognises(path.read_bytes(), "file")
    with refuses("document-type", UnreadableFile):
        read(path)


def test_elements_inside_each_other_without_end_are_refused(tmp_path: Path) -> None:
    with refuses("nested-too-deep", UnreadableFile, deepest=xrdml.DEEPEST):
        read(write(tmp_path, "<xrdMeasurements>" + "<a>" * 100_000))


def test_an_element_that_is_too_long_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xrdml, "LONGEST_TEXT", 10)
    with refuses("element-too-long", UnreadableFile, name="entry"):
        read(write(tmp_path, XRDML))


def test_too_many_scans_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xrdml, "MOST_SCANS", 2)
    with refuses("too-many-scans", UnreadableFile, most=2):
        read(write(tmp_path, with_text(SCAN, SCAN * 3)))


def test_is_recognised_by_its_first_element() -> None:
    assert recognises(XRDML.encode(), "data")
    assert not recognises(b"<html><body>xrdMeasurements</body></html>", "data.xrdml")
    assert not recognises(b"two theta,counts\n1,2\n", "data.xrdml")


@pytest.mark.parametrize("folder", shared_data.folder())
def test_the_patterns_of_another_laboratory_agree_with_their_text(folder: Path) -> None:
    """The rows of docs/formats.md, and the text itself, read without a reader."""
    written = (Path(__file__).parents[3] / "docs" / "formats.md").read_text()
    for path in sorted((folder / "xrd").glob("*.xrdml")):
        (only,) = read(path)
        text = path.read_text()
        (numbers,) = re.findall(r"<(?:intensities|counts) unit=\"counts\">([\d ]+)<", text)
        counts = [int(number) for number in numbers.split()]
        ends = [float(re.findall(f"<{name}Position>([\\d.]+)<", text)[0]) for name in ("start", "end")]
        middle = len(counts) // 2
        angle = ends[0] + (ends[1] - ends[0]) * middle / (len(counts) - 1)
        assert only.columns["intensity_count"].tolist() == counts
        assert only.columns["two_theta_degree"][middle] == pytest.approx(angle)
        row = f"| xrd/{path.name} | {len(counts)} | {middle + 1} | {angle:.6g} | {counts[middle]} |"
        assert row in written, row
