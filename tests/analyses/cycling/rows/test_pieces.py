from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from analyses.cycling.cycles.cycle_summary import cycle_summary
from analyses.cycling.rows.pieces import Joined, Piece, join
from analyses.insufficient_data import InsufficientData
from registry.testing.synthetic.cycling import cycling_rows

CAPACITY_AH = 0.0015 * (1 - 0.004 * np.arange(40))
START = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)


def halves(rows: dict[str, np.ndarray], after: int = 20) -> list[dict[str, np.ndarray]]:
    first = rows["cycle_count"] <= after
    return [{name: column[which] for name, column in rows.items()} for which in (first, ~first)]


def restarted(columns: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Time, cycle number and counters begin again, as in a file of its own."""
    counted = ("test_time_second", "charging_capacity_ah", "discharging_capacity_ah")
    again = columns | {name: columns[name] - columns[name][0] for name in counted}
    return again | {"cycle_count": columns["cycle_count"] - columns["cycle_count"][0] + 1}


def pieces(*columns: dict[str, np.ndarray], starts: list[datetime | None] | None = None) -> list[Piece]:
    stamps = starts or [None] * len(columns)
    return [
        Piece(f"part{number}.csv", part, start)
        for number, (part, start) in enumerate(zip(columns, stamps, strict=True), start=1)
    ]


def capacities(joined: Joined) -> np.ndarray:
    names = ("cycle_count", "charging_capacity_ah", "discharging_capacity_ah")
    rows = [joined.columns[name] for name in ("test_time_second", "voltage_volt", "current_ampere")]
    return cycle_summary(*rows, **{name: joined.columns[name] for name in names}).discharge_ah


@pytest.mark.parametrize("again", [False, True], ids=["goes on", "starts again"])
def test_two_files_give_the_cycles_of_one(again: bool) -> None:
    first, second = halves(cycling_rows(CAPACITY_AH))
    joined = join(pieces(first, restarted(second) if again else second))
    assert capacities(joined) == pytest.approx(CAPACITY_AH)
    assert np.unique(joined.columns["cycle_count"]).tolist() == [*range(1, 41)]
    assert (np.diff(joined.columns["test_time_second"]) >= 0).all()
    assert joined.remark.code == "pieces-joined"
    assert joined.remark.parameters["filenames"] == ["part1.csv", "part2.csv"]


@pytest.mark.parametrize("number", [5, 12])
def test_counters_of_each_cycle_stay_as_they_are(number: int) -> None:
    rows = cycling_rows(CAPACITY_AH[:12])
    for name in ("charging_capacity_ah", "discharging_capacity_ah"):
        first = {cycle: rows[name][rows["cycle_count"] == cycle][0] for cycle in range(1, 13)}
        rows[name] = rows[name] - np.array([first[int(cycle)] for cycle in rows["cycle_count"]])
    first_file, second = halves(rows, after=number)
    parts = pieces(first_file, restarted(second)) if second["cycle_count"].size else pieces(*halves(first_file, 6))
    assert capacities(join(parts)) == pytest.approx(CAPACITY_AH[:12])


def test_numbers_that_go_on_put_the_files_in_order() -> None:
    first, second = halves(cycling_rows(CAPACITY_AH))
    joined = join(pieces(second, first))
    assert joined.remark.parameters["filenames"] == ["part2.csv", "part1.csv"]
    assert capacities(joined) == pytest.approx(CAPACITY_AH)


def test_cycle_numbers_put_the_files_in_order_where_time_starts_again() -> None:
    first, second = halves(cycling_rows(CAPACITY_AH))
    second = restarted(second) | {"cycle_count": second["cycle_count"]}
    assert join(pieces(second, first)).remark.parameters["filenames"] == ["part2.csv", "part1.csv"]


def test_start_stamps_put_the_files_in_order_and_tell_the_gap() -> None:
    first, second = halves(cycling_rows(CAPACITY_AH))
    length = timedelta(seconds=float(first["test_time_second"][-1]))
    stamps = [START + length + timedelta(hours=3), START]
    joined = join(pieces(restarted(second), first, starts=stamps))
    assert joined.remark.parameters["filenames"] == ["part2.csv", "part1.csv"]
    assert joined.remark.parameters["gap_h"] == pytest.approx(3)
    assert capacities(joined) == pytest.approx(CAPACITY_AH)


def test_no_charge_passes_between_two_pieces() -> None:
    """A file that ends within a discharge, and one that continues three hours later."""
    rows = cycling_rows(CAPACITY_AH[:4])
    cut = int(np.flatnonzero((rows["cycle_count"] == 2) & (rows["current_ampere"] < 0))[15])
    first = {name: column[:cut] for name, column in rows.items()}
    second = {name: column[cut:] for name, column in rows.items()}
    second["test_time_second"] = second["test_time_second"] + 3 * 3600
    without_counters = [
        {name: column for name, column in part.items() if "capacity" not in name} for part in (first, second)
    ]
    columns = join(pieces(*without_counters)).columns
    series = [columns[name] for name in ("test_time_second", "voltage_volt", "current_ampere")]
    summary = cycle_summary(*series, cycle_count=columns["cycle_count"])
    assert summary.discharge_ah[1] == pytest.approx(CAPACITY_AH[1], rel=0.04)


def test_a_second_export_of_a_test_is_no_piece_of_it() -> None:
    rows = cycling_rows(CAPACITY_AH)
    early, _ = halves(rows)
    with pytest.raises(InsufficientData) as caught:
        join(pieces(early, rows))
    assert caught.value.code == "several-datasets"


def test_files_whose_times_overlap_are_no_pieces() -> None:
    rows = cycling_rows(CAPACITY_AH)
    first = {name: column[rows["cycle_count"] <= 25] for name, column in rows.items()}
    second = {name: column[rows["cycle_count"] > 15] for name, column in rows.items()}
    with pytest.raises(InsufficientData) as caught:
        join(pieces(first, second))
    assert caught.value.code == "several-datasets"


def test_files_of_other_voltage_windows_are_no_pieces() -> None:
    first, second = halves(cycling_rows(CAPACITY_AH))
    with pytest.raises(InsufficientData) as caught:
        join(pieces(first, second | {"voltage_volt": second["voltage_volt"] - 1.5}))
    assert caught.value.code == "several-datasets"


def test_columns_that_not_all_pieces_have_are_left_out() -> None:
    first, second = halves(cycling_rows(CAPACITY_AH))
    del second["charging_capacity_ah"]
    assert "charging_capacity_ah" not in join(pieces(first, second)).columns


def test_pieces_that_were_declared_are_joined_in_their_order() -> None:
    first, second = halves(cycling_rows(CAPACITY_AH))
    joined = join(pieces(second, first), in_order=True)
    assert joined.remark.parameters["filenames"] == ["part1.csv", "part2.csv"]
    assert capacities(joined) == pytest.approx(np.r_[CAPACITY_AH[20:], CAPACITY_AH[:20]])


def test_a_file_that_begins_within_the_last_cycle_continues_it() -> None:
    """Time starts again in the middle of the charge of cycle 21, but the number does not: 40 cycles stay 40."""
    rows = cycling_rows(CAPACITY_AH)
    cut = int(np.flatnonzero((rows["cycle_count"] == 21) & (rows["current_ampere"] > 0))[20])
    first, second = ({name: column[part] for name, column in rows.items()} for part in (slice(cut), slice(cut, None)))
    second["test_time_second"] = second["test_time_second"] - second["test_time_second"][0]
    joined = join(pieces(first, second))
    assert joined.columns["cycle_count"][-1] == 40
    assert capacities(joined) == pytest.approx(CAPACITY_AH, rel=1e-9)
