"""The start of a test by the dates of its rows."""

from datetime import datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from plugins.readers import arbin_csv, declared_csv
from registry.contract.reader_support.time.start_stamps import start_of


@pytest.mark.parametrize(
    ("written", "time_s", "start"),
    [
        (("2024-03-30 20:00:00", "2024-03-30 21:00:00"), (0, 3600), datetime(2024, 3, 30, 20)),
        (("2024-03-30 20:01:00", "2024-03-30 21:00:00"), (60, 3600), datetime(2024, 3, 30, 20)),
        (("2024-03-30 20:01:00", "2024-03-30 21:00:00"), (59.8, 3600), datetime(2024, 3, 30, 20)),
        (("03/13/2024 20:00:00", "03/13/2024 21:00:00"), (0, 3600), datetime(2024, 3, 13, 20)),
        # The fourth to the sixth of March, by the two days that the test took.
        (("03/04/2024 20:00:00", "03/06/2024 20:00:00"), (0, 172800), datetime(2024, 3, 4, 20)),
        (("04/03/2024 20:00:00", "06/03/2024 20:00:00"), (0, 172800), datetime(2024, 3, 4, 20)),
        (("03/04/2024 20:00:00", "03/04/2024 21:00:00"), (0, 3600), None),
        (("2024-03-30 20:00:00", "2024-04-30 21:00:00"), (0, 3600), None),
    ],
)
def test_the_start_is_the_date_at_time_zero(
    written: tuple[str, ...], time_s: tuple[float, ...], start: datetime | None
) -> None:
    assert start_of(pa.array(written), "Date", np.array(time_s, dtype=float))[0] == start


def test_a_day_or_month_that_nothing_decides_is_named() -> None:
    (message,) = start_of(pa.array(["03/04/2024 20:00:00"] * 2), "Date", np.array([0.0, 60.0]))[1]
    assert message.code == "start-time-not-used"


def test_tables_with_a_time_and_dates_have_a_start(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text(
        "Date,Time / s,Voltage / V,Current / A\n2024-03-30 20:00:05,5,3,0.01\n2024-03-30 20:00:10,10,3,0.01\n"
    )
    (dataset,) = declared_csv.read(file)
    assert dataset.start_time == datetime(2024, 3, 30, 20)
    assert dataset.columns["test_time_second"].tolist() == [5, 10]
    heads = "Data Point,Date Time,Test Time (s),Cycle Index,Step Index,Current (A),Voltage (V)"
    file.write_text(f"{heads}\n1,\t09/20/2024 08:32:34.5,0.5,1,1,0,3.5\n2,\t09/20/2024 08:33:04.5,30.5,1,1,0,3.5\n")
    (dataset,) = arbin_csv.read(file)
    assert dataset.start_time == datetime(2024, 9, 20, 8, 32, 34)
