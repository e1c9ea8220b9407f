"""The web admin: one file per concept."""

from registry.admin import (
    analysis_run,
    attachment,
    cell,
    cell_group,
    column_mapping,
    comment,
    comparison,
    dataset,
    formulation,
    material,
    measurement,
    project,
    publication,
    setup,
    value,
)

__all__ = [
    "analysis_run",
    "attachment",
    "cell",
    "cell_group",
    "column_mapping",
    "comment",
    "comparison",
    "dataset",
    "formulation",
    "material",
    "measurement",
    "project",
    "publication",
    "setup",
    "value",
]
