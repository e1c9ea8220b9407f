"""One file per concept; import from here."""

from registry.models.analysis_run import PENDING, AnalysisRun, Curve, CurveKind, RunStatus, TargetKey
from registry.models.attachment import Attachment
from registry.models.cell import Cell, CellFormat, CellOrigin, Layer, RefcodeCounter, build_configuration
from registry.models.cell_group import CellGroup, GroupKind, GroupMember
from registry.models.column_mapping import ColumnMapping
from registry.models.comment import Comment
from registry.models.comparison import Comparison
from registry.models.condition import Condition
from registry.models.cycle_table import CycleColumn
from registry.models.dataset import UNREAD, Dataset, ParseStatus, RawFile
from registry.models.draft import Draft
from registry.models.file_draft import CellReason, DraftStatus, FileDraft, Source
from registry.models.formulation import (
    Formulation,
    Ingredient,
    IngredientRole,
    check_fractions_add_up,
)
from registry.models.group_run import GroupCurve, GroupRun, GroupValue
from registry.models.material import Batch, Material, MaterialKind, Synonym
from registry.models.measurement import Measurement
from registry.models.message_code import MessageCode
from registry.models.number import Qualifier
from registry.models.project import Membership, Project, Role
from registry.models.publication import Publication
from registry.models.quantity_description import QuantityDescription
from registry.models.search_document import SearchDocument, SearchKind
from registry.models.setup import HardwareSetup, SetupKind
from registry.models.tag import MeasurementTag, Tag
from registry.models.value import Value, ValueOrigin
from registry.models.visibility import Visibility

__all__ = [
    "PENDING",
    "UNREAD",
    "AnalysisRun",
    "Attachment",
    "Batch",
    "Cell",
    "CellFormat",
    "CellGroup",
    "CellOrigin",
    "CellReason",
    "ColumnMapping",
    "Comment",
    "Comparison",
    "Condition",
    "Curve",
    "CurveKind",
    "CycleColumn",
    "Dataset",
    "Draft",
    "DraftStatus",
    "FileDraft",
    "Formulation",
    "GroupCurve",
    "GroupKind",
    "GroupMember",
    "GroupRun",
    "GroupValue",
    "HardwareSetup",
    "Ingredient",
    "IngredientRole",
    "Layer",
    "Material",
    "MaterialKind",
    "Measurement",
    "MeasurementTag",
    "Membership",
    "MessageCode",
    "ParseStatus",
    "Project",
    "Publication",
    "Qualifier",
    "QuantityDescription",
    "RawFile",
    "RefcodeCounter",
    "Role",
    "RunStatus",
    "SearchDocument",
    "SearchKind",
    "SetupKind",
    "Source",
    "Synonym",
    "Tag",
    "TargetKey",
    "Value",
    "ValueOrigin",
    "Visibility",
    "build_configuration",
    "check_fractions_add_up",
]
