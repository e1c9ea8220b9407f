"""Set analysis parameters for a project, a cell, a measurement or a group."""

from typing import Any

from registry.models import Cell, CellGroup, Measurement, Project
from registry.plugin_loading.parameters import Settings
from registry.services.permissions import Actor
from registry.services.record import save_record


def set_parameters(record: Project | Cell | Measurement | CellGroup, changes: Settings, *, by: Actor) -> None:
    """Set analysis parameters on a record; None removes a parameter, so the value of the enclosing record applies."""
    settings: dict[str, dict[str, Any]] = {name: dict(values) for name, values in record.parameters.items()}
    for name, values in changes.items():
        merged = settings.get(name, {}) | dict(values)
        settings[name] = {parameter: value for parameter, value in merged.items() if value is not None}
    record.parameters = {name: values for name, values in settings.items() if values}
    save_record(record, by=by, reason="analysis parameters changed")
