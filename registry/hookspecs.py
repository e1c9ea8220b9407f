"""The hooks a plugin may implement, and with them the whole plugin contract: import from here.

A hook returns descriptions and does no work; the registry runs what they describe. Nothing here needs Django.
"""

from collections.abc import Sequence

import pluggy

from analyses.uncertainty import Estimate
from registry.contract.analysis import Analysis, Parameter
from registry.contract.inputs import Columns, Fact, InputDataset, Inputs, Layer
from registry.contract.outcome import Axis, Curve, Message, NotComputed, Outcome, Refused, Result, Series
from registry.contract.printed_table import Heading, PrintedTable, Reference, TableCell, TableFormat
from registry.contract.quantity import Quantity
from registry.contract.reader import ParsedDataset, Reader, UnreadableFile
from registry.contract.table import Column, Origin, Table
from registry.contract.vocabulary import LARGEST_MAGNITUDE, LAYER_ROLES, TECHNIQUES, TIME_SERIES_TECHNIQUES

__all__ = [
    "CONTRACT_VERSION",
    "LARGEST_MAGNITUDE",
    "LAYER_ROLES",
    "PROJECT_NAME",
    "TECHNIQUES",
    "TIME_SERIES_TECHNIQUES",
    "Analysis",
    "Axis",
    "Column",
    "Columns",
    "Curve",
    "Estimate",
    "Fact",
    "Heading",
    "InputDataset",
    "Inputs",
    "Layer",
    "Message",
    "NotComputed",
    "Origin",
    "Outcome",
    "Parameter",
    "ParsedDataset",
    "PrintedTable",
    "Quantity",
    "Reader",
    "Reference",
    "Refused",
    "Result",
    "Series",
    "Table",
    "TableCell",
    "TableFormat",
    "UnreadableFile",
    "hookimpl",
    "hookspec",
    "register_analyses",
    "register_quantities",
    "register_readers",
    "register_table_formats",
    "register_tables",
]

PROJECT_NAME = "registry"
CONTRACT_VERSION = 1
hookspec = pluggy.HookspecMarker(PROJECT_NAME)
hookimpl = pluggy.HookimplMarker(PROJECT_NAME)


@hookspec
def register_quantities() -> Sequence[Quantity]:
    """Add quantities that analyses may give, people may report, and queries may filter on.

    A slug is registered once, whoever does it; the second is refused and named with the first. It ends in its unit
    (`thickness_um`), and `unit` and `unit_label` are the same unit, so that a number is never in doubt. The new
    quantity is a filter of the API (`thickness_um__lte=50`), a column of any table, and an entry in the list of
    what can be reported. Nothing in the database changes for it.
    """
    raise NotImplementedError


@hookspec
def register_readers() -> Sequence[Reader]:
    """Add file formats.

    A file is read in a process apart, under limits of time and memory. Of the readers that recognise it, those of
    the highest `priority` are asked, and the first that can read it does. A reader converts to canonical names and
    units (docs/nomenclature.md), keeps every row it can, and says in a message what it left out or changed. It
    refuses what it cannot make sense of with `UnreadableFile`, whose text says where (line, row, column) and what
    would help.
    """
    raise NotImplementedError


@hookspec
def register_analyses() -> Sequence[Analysis]:
    """Add analyses.

    An analysis is offered on every measurement with one of its techniques, or with `scope="cell"` on every cell
    that has enough of them. It runs in a process apart, under limits of time and memory, after those whose results
    it `depends_on`. What it reads is kept with the result, so that a later change of just these facts makes the result
    stale. When something is missing it raises `Refused`; whatever else it raises ends as a failed run with the
    error and its place. It must give the same of the same inputs, print nothing, and leave the process as it was.
    """
    raise NotImplementedError


@hookspec
def register_tables() -> Sequence[Table]:
    """Add declared comparison tables.

    A table is a question, asked anew each time: which measurements, what of each, in which order. It has a page
    (`/compare/SLUG/`), an address in the API, and `manage.py table SLUG`. A key, filter or unit there is not is
    refused when the plugin is loaded, with the nearest that there is.
    """
    raise NotImplementedError


@hookspec
def register_table_formats() -> Sequence[TableFormat]:
    """Add formats that tables are written in.

    A format gets a `PrintedTable`, in which every number has its digits already, and lays it out; it decides
    nothing about the numbers. It is then a `--format` of `manage.py table`, a download on the table's page, and a
    format of the API.
    """
    raise NotImplementedError
