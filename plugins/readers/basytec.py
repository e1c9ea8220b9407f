"""Basytec text: a header of lines that begin with ~, the last of which names the columns.

Current is negative on discharge. Ah-Cyc-Charge and the like are reset at every cycle; they are summed.
"""

from collections.abc import Sequence
from itertools import takewhile
from pathlib import Path

from registry.contract.reader_support.datasets.cycler_series import NEEDED, series_of
from registry.contract.reader_support.files.number_table import Rows
from registry.contract.reader_support.files.plain_text import file_head, lines
from registry.contract.reader_support.tables.instrument_table import (
    header_facts,
    known_columns,
    read_columns,
    unread_columns,
)
from registry.hookspecs import ParsedDataset, Reader, UnreadableFile, hookimpl

CONTRACT_VERSION = 2

START = b"~Resultfile from Basytec"
NAMES = {
    "~time": "test_time_second",
    "u": "voltage_volt",
    "i": "current_ampere",
    "t-step": "step_time_second",
    "line": "step_index",
    "cyc-count": "cycle_count",
    "ah-cyc-charge": "charging_capacity_ah",
    "ah-cyc-discharge": "discharging_capacity_ah",
    "wh-cyc-charge": "charging_energy_wh",
    "wh-cyc-discharge": "discharging_energy_wh",
    "t1": "temperature_t1_celsius",
}
UNITS = {"ah-cyc-charge": "Ah", "ah-cyc-discharge": "Ah", "wh-cyc-charge": "Wh", "wh-cyc-discharge": "Wh"}
"""As those of the neighbouring columns Ah[Ah] and Wh[Wh]."""
FACTS = {
    "Start of Test": "started", "Testplan": "schedule", "Testchannel": "channel", "Name of Test": "name",
    "Battery": "cell",
}  # fmt: skip


def recognises(head: bytes, name: str) -> bool:
    """Return True for a text that begins as those of Basytec do."""
    return head.removeprefix(b"\xef\xbb\xbf").startswith(START)


def read(path: Path) -> tuple[ParsedDataset, ...]:
    """Return the one time series of the file."""
    header = list(takewhile(lambda line: line.text.startswith("~"), lines(file_head(path))))
    if not header or "\t" not in header[-1].text:
        raise UnreadableFile(
            "no-column-names",
            "no line with column names (‘~Time[s]  DataSet …’): the file is truncated; copy or export it again",
        )
    header_line = header[-1]
    labels = tuple(label.strip() for label in header_line.text.rstrip().split("\t"))
    known = known_columns(labels, NAMES, header_line.number, UNITS, NEEDED)
    rows = Rows(path, header_line.after, header_line.number, "\t", labels)
    columns, numbers, messages = read_columns(rows, known, NEEDED)
    facts = {"instrument": "Basytec"}
    for line in header[1:-1]:
        name, _, value = line.text[1:].partition(":")
        if name in FACTS:
            facts[FACTS[name]] = value
    messages += unread_columns(labels, list(known))
    return (series_of(columns, header_facts(**facts) | dict(numbers.steps), messages),)


@hookimpl
def register_readers() -> Sequence[Reader]:
    """Offer the text files of Basytec."""
    return (Reader(name="basytec", version="1.3.0", title="Basytec text", recognises=recognises, read=read),)
