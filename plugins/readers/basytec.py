"""Basytec text: a header of lines that begin with ~, the last of which names the columns.

Current is negative on discharge. Ah-Cyc-Charge and its like start again at every cycle; they are summed.
"""

from collections.abc import Sequence
from itertools import takewhile
from pathlib import Path

from plugins.readers.cycler_series import NEEDED, series_of
from plugins.readers.instrument_table import described, known_heads, left_out, read_known
from plugins.readers.number_table import Rows
from plugins.readers.plain_text import beginning, lines
from registry.hookspecs import Reader, Recording, UnreadableFile, hookimpl

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
"""As those of the columns Ah[Ah] and Wh[Wh] beside them."""
FACTS = {
    "Start of Test": "started", "Testplan": "schedule", "Testchannel": "channel", "Name of Test": "name",
    "Battery": "cell",
}  # fmt: skip


def recognises(head: bytes, name: str) -> bool:
    """Return True for a text that begins as those of Basytec do."""
    return head.removeprefix(b"\xef\xbb\xbf").startswith(START)


def read(path: Path) -> tuple[Recording, ...]:
    """Return the one time series of the file."""
    header = list(takewhile(lambda line: line.text.startswith("~"), lines(beginning(path))))
    if not header or "\t" not in header[-1].text:
        raise UnreadableFile("no line names the columns (‘~Time[s]  DataSet …’): the file is cut off")
    head = header[-1]
    labels = tuple(label.strip() for label in head.text.rstrip().split("\t"))
    heads = known_heads(labels, NAMES, head.number, UNITS, NEEDED)
    columns, _, messages = read_known(Rows(path, head.after, head.number, "\t", labels), heads, NEEDED)
    facts = {"instrument": "Basytec"}
    for line in header[1:-1]:
        name, _, value = line.text[1:].partition(":")
        if name in FACTS:
            facts[FACTS[name]] = value
    messages += left_out(labels, list(heads))
    return (series_of(columns, described(**facts), messages),)


@hookimpl
def register_readers() -> Sequence[Reader]:
    """Offer the text files of Basytec."""
    return (Reader(name="basytec", version="1.0.0", title="Basytec text", recognises=recognises, read=read),)
