"""Tests of what the readers of CSV exports and workbooks share; theirs test the files."""

from pathlib import Path

from registry.contract.outcome import Message
from registry.contract.reader_support.files.number_table import Rows
from registry.contract.reader_support.neware.neware_records import neware_series
from tests.coded import message_of


def test_the_series_of_a_table_of_records(tmp_path: Path) -> None:
    path = tmp_path / "records"
    path.write_text("1,1,0:00:00,3.0,2,0\n2,1,1:00:00,3.5,2,2\n3,1,2:00:00,3.2,-1,1\n")
    labels = ("DataPoint", "Step Index", "Total Time", "Voltage(V)", "Current(mA)", "Capacity(mAh)")
    dataset = neware_series(Rows(path, 0, 1, ",", labels), [Message("read-as-gbk")])
    assert dataset.columns["test_time_second"].tolist() == [0, 3600, 7200]
    assert dataset.columns["current_ampere"].tolist() == [0.002, 0.002, -0.001]
    assert message_of(dataset.messages, "read-as-gbk")
    assert message_of(dataset.messages, "columns-left-out", columns=["‘DataPoint’"])
