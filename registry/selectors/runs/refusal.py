"""Refusals that name a missing entry, and those of analyses that simply do not apply to what was measured."""

from registry.models import AnalysisRun, Cell
from registry.models.material import MaterialKind

NOT_APPLICABLE = frozenset(
    {
        "electrodes-not-electron-blocking",
        "electrodes-not-ion-blocking",
        "full-cell",
        "missing-pressure",
        "no-current",
        "no-rate-test",
        "too-few-discharges",
        "too-few-pressures",
        "too-few-spectra",
        "too-few-temperatures",
    }
)
"""Codes of refusals of a measurement that is not of the kind the analysis is for: nobody has to enter anything."""
NEEDS_POSITIVE_ELECTRODE = frozenset({"missing-design-numbers", "missing-layer-role", "several-missing-inputs"})
"""Codes of what the design of a full cell lacks, which pellets and symmetric cells do not have."""


def get_code(run: AnalysisRun) -> str:
    """The code of the reason of a refused run; empty if it has none."""
    return str(run.messages[0]["code"]) if run.messages else ""


def does_not_apply(run: AnalysisRun, cell: Cell) -> bool:
    """Whether a refused analysis is not meant for the measurement or cell, and offers no change that would make it."""
    if not run.messages or run.messages[0].get("offers"):
        return False
    code = get_code(run)
    return code in NOT_APPLICABLE or (code in NEEDS_POSITIVE_ELECTRODE and not has_positive_electrode(cell))


def has_positive_electrode(cell: Cell) -> bool:
    """Whether a layer is a cathode other than a metal; that of a Li/Li cell is none."""
    return any(
        layer.role == "cathode" and not (layer.material and layer.material.kind == MaterialKind.METAL)
        for layer in cell.layers.all()
    )
