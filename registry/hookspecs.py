"""The hooks a plugin may implement, and every name of the plugin contract: import from here.

A hook returns descriptions and does no work; the registry runs what they describe. This module does not need Django.
"""

from collections.abc import Sequence

import pluggy

from analyses.coded_text import Listed, Remark
from analyses.component import Component
from analyses.uncertainty import Estimate
from registry.contract.analysis import Analysis, Parameter
from registry.contract.curve import Axis, Curve, HeatMap, MaskedPicture, Plot, Series
from registry.contract.cycle_table import CycleTable
from registry.contract.dataset_columns import DATASET_COLUMNS, DatasetColumn
from registry.contract.group_member import GroupMember, Measured, MemberValue
from registry.contract.input_dataset import Columns, Fact, Header, InputDataset
from registry.contract.inputs import Inputs, SeriesMember
from registry.contract.layer import Layer
from registry.contract.outcome import Message, NotComputed, Outcome, ParameterChange, Refused, Result
from registry.contract.place import Place
from registry.contract.printed_table import Heading, PrintedTable, Reference, TableCell, TableFormat
from registry.contract.quantity import Quantity
from registry.contract.reader import Image, OtherFormatError, ParsedDataset, Reader, UnreadableFile
from registry.contract.table import Column, Origin, Table
from registry.contract.vocabulary import LARGEST_MAGNITUDE, Condition, DatasetRole, LayerRole, Technique

__all__ = [
    "CONTRACT_VERSION",
    "DATASET_COLUMNS",
    "LARGEST_MAGNITUDE",
    "PROJECT_NAME",
    "Analysis",
    "Axis",
    "Column",
    "Columns",
    "Component",
    "Condition",
    "Curve",
    "CycleTable",
    "DatasetColumn",
    "DatasetRole",
    "Estimate",
    "Fact",
    "GroupMember",
    "Header",
    "Heading",
    "HeatMap",
    "Image",
    "InputDataset",
    "Inputs",
    "Layer",
    "LayerRole",
    "Listed",
    "MaskedPicture",
    "Measured",
    "MemberValue",
    "Message",
    "NotComputed",
    "Origin",
    "OtherFormatError",
    "Outcome",
    "Parameter",
    "ParameterChange",
    "ParsedDataset",
    "Place",
    "Plot",
    "PrintedTable",
    "Quantity",
    "Reader",
    "Reference",
    "Refused",
    "Remark",
    "Result",
    "Series",
    "SeriesMember",
    "Table",
    "TableCell",
    "TableFormat",
    "Technique",
    "UnreadableFile",
    "hookimpl",
    "hookspec",
    "register_analyses",
    "register_conditions",
    "register_layer_roles",
    "register_quantities",
    "register_readers",
    "register_table_formats",
    "register_tables",
    "register_techniques",
]

PROJECT_NAME = "registry"
CONTRACT_VERSION = 2
"""Raised when a plugin written for the version before may no longer work; a plugin states which it was written for."""
hookspec = pluggy.HookspecMarker(PROJECT_NAME)
hookimpl = pluggy.HookimplMarker(PROJECT_NAME)


@hookspec
def register_quantities() -> Sequence[Quantity]:
    """Add quantities that analyses compute, users report, and queries filter on.

    A slug can be registered only once; a second registration is refused with the name of the first plugin. A slug
    ends in its unit (`thickness_um`), and `unit` and `unit_label` are the same unit, so that no number is ambiguous.
    The new quantity becomes a filter of the API (`thickness_um__lte=50`), a possible column of any table, and an
    entry in the list of reportable quantities. It needs no database migration.
    """
    raise NotImplementedError


@hookspec
def register_techniques() -> Sequence[Technique]:
    """Add measurement techniques.

    A technique states which columns, or an image, its data have; data that lack them cannot be attached to its
    measurements. It becomes a choice in forms and imports, a filter of the API (`technique=gitt`) and a possible entry
    of `Analysis.techniques`. It needs no database migration. When its plugin is removed, measurements by it remain
    readable under the slug.
    """
    raise NotImplementedError


@hookspec
def register_layer_roles() -> Sequence[LayerRole]:
    """Add roles of layers in a cell.

    A role becomes a choice for layers, a prefix of filters (`catholyte.thickness_um__lte=50`) and of table columns
    (`catholyte.name`). It needs no database migration. When its plugin is removed, layers with it remain readable under
    the slug.
    """
    raise NotImplementedError


@hookspec
def register_conditions() -> Sequence[Condition]:
    """Add test conditions, entered for a measurement as stack pressure and temperature are.

    A condition becomes a field of measurements, a filter of the API (`relative_humidity_percent__lte=1`), a possible
    column of any table and an input of analyses (`inputs.condition("relative_humidity_percent")`). It needs no database
    migration. When its plugin is removed, the numbers that were entered remain readable.
    """
    raise NotImplementedError


@hookspec
def register_readers() -> Sequence[Reader]:
    """Add file formats.

    A file is read in a separate process with limits on time and memory. Of the readers that recognise it, those with
    the highest `priority` are tried, and the first that can read it is used; those below only if these raise
    `OtherFormatError`, for a file of another format than its first bytes show. A reader converts to canonical names and
    units (docs/nomenclature.md), keeps every row it can, and reports in a message what it left out or changed. If it
    cannot parse a file, it raises `UnreadableFile` with a text that says where (line, row, column) and what to do.
    """
    raise NotImplementedError


@hookspec
def register_analyses() -> Sequence[Analysis]:
    """Add analyses.

    An analysis is offered on every measurement by one of its techniques, with `scope="cell"` on every cell that has
    enough of them, with `scope="series"` on every series of them that differs in the condition `over` alone, or with
    `scope="group"` on every group of cells of one of its `group_kinds`. It runs
    in a separate process with limits on time and memory, after the analyses that compute the quantities it
    `depends_on`. Everything it reads is stored with the result, and a later change of any of it marks the result stale.
    It raises `Refused` when an input is missing; any other exception ends as a failed run with the error and its
    location. It must return the same result for the same inputs, print nothing, and leave the state of its process
    unchanged.
    """
    raise NotImplementedError


@hookspec
def register_tables() -> Sequence[Table]:
    """Add comparison tables.

    A table is a stored query, evaluated on each request: which measurements, which columns, in which order. It has a
    page (`/compare/SLUG/`), an API endpoint, and the command `manage.py table SLUG`. An unknown key, filter or unit is
    refused when the plugin is loaded, with the closest known one.
    """
    raise NotImplementedError


@hookspec
def register_table_formats() -> Sequence[TableFormat]:
    """Add export formats for tables.

    A format receives a `PrintedTable`, whose numbers are already formatted, and lays it out. It becomes a `--format` of
    `manage.py table`, a download on the page of the table, and a format of the API.
    """
    raise NotImplementedError
