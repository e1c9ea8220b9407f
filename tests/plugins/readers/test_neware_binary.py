from pathlib import Path

import numpy as np
import pytest

from plugins.readers.neware_binary import read, recognises
from registry.hookspecs import UnreadableFile
from tests.coded import refuses
from tests.plugins.readers import shared_data
from tests.plugins.readers.samples import arbin_workbook, workbook, write

FILES = [index / "cycling" / "navani" / name for index in shared_data.folder() for name in ("test.nda", "test.ndax")]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_agrees_with_the_librarys_own_columns(path: Path) -> None:
    import fastnda

    frame = fastnda.read(path)
    (only,) = read(path)
    expected = {name: frame[name].to_numpy().astype(float) for name in frame.columns if name != "step_type"}
    for name, column in {
        "test_time_second": expected["total_time_s"],
        "voltage_volt": expected["voltage_V"],
        "current_ampere": expected["current_mA"] / 1000,
        "cycle_count": expected["cycle_count"],
        "step_index": expected["step_index"],
        "step_count": expected["step_count"],
        "step_time_second": expected["step_time_s"],
    }.items():
        np.testing.assert_array_equal(only.columns[name], column)
    net = only.columns["charging_capacity_ah"] - only.columns["discharging_capacity_ah"]
    for step in np.unique(expected["step_count"]):
        rows = expected["step_count"] == step
        counted = expected["capacity_mAh"][rows] / 1000
        np.testing.assert_allclose(net[rows] - net[rows][0], counted - counted[0], atol=1e-12)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_file_without_extension_is_read_the_same(path: Path, tmp_path: Path) -> None:
    (only,), (same,) = read(path), read(write(tmp_path, path.read_bytes()))
    assert {name: column.tolist() for name, column in only.columns.items()} == {
        name: column.tolist() for name, column in same.columns.items()
    }
    assert only.header == same.header
    assert only.header["started"].startswith("20")


def test_counts_on_where_the_instrument_starts_again() -> None:
    """The result of fastnda for test.ndax by step: 0.593039 mAh charged, then 0.625451 mAh discharged."""
    for path in FILES[1:]:
        (only,) = read(path)
        assert only.columns["charging_capacity_ah"][-1] == pytest.approx(0.593039e-3, rel=1e-5)
        assert only.columns["discharging_capacity_ah"][-1] == pytest.approx(0.625451e-3, rel=1e-5)


@pytest.mark.parametrize(
    ("content", "code", "parameters"),
    [
        (b"NEWARE" + b"\x00" * 2000, "file-unreadable", {"suffix": ".nda"}),
        (b"PK\x03\x04" + b"\x00" * 2000, "damaged-archive", {}),
        (arbin_workbook(), "file-unreadable", {"suffix": ".ndax"}),
    ],
)
def test_refuses_what_the_library_cannot_read(tmp_path: Path, content: bytes, code: str, parameters: dict) -> None:
    with refuses(code, UnreadableFile, **parameters):
        read(write(tmp_path, content))


def test_is_recognised_by_its_content() -> None:
    assert recognises(b"NEWARE...", "data")
    assert recognises(b"PK\x03\x04" + b"\x00" * 26 + b"data.ndc", "data")
    assert not recognises(workbook({"Sheet1": [["a"]]}), "data.ndax")
