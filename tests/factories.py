"""Factories of records for tests, which use the services."""

from itertools import count
from typing import Any

from django.contrib.auth.models import User
from django.utils import timezone

from registry.contract.place import Place
from registry.models import (
    AnalysisRun,
    Cell,
    CellGroup,
    ColumnMapping,
    Condition,
    Formulation,
    GroupMember,
    HardwareSetup,
    Ingredient,
    Layer,
    Material,
    Measurement,
    Membership,
    Project,
    Publication,
    Value,
)
from registry.models.condition import condition_slugs
from registry.services.cell import save_cell
from registry.services.cell_group import save_group
from registry.services.column_mapping import save_column_mapping
from registry.services.measurement import save_measurement
from registry.services.record import save_formulation, save_record
from registry.services.value import report_value

_numbers = count(1)


def make_user(username: str = "", **overrides: Any) -> User:
    return User.objects.create_user(username or f"user{next(_numbers)}", password="a long password", **overrides)


def make_project(**overrides: Any) -> Project:
    number = next(_numbers)
    fields = {"slug": f"project-{number}", "name": f"Project {number}", "visibility": "private"} | overrides
    return save_record(Project(**fields), by=None)


def make_member(project: Project, role: str = "editor", username: str = "", **overrides: Any) -> User:
    user = make_user(username, **overrides)
    save_record(Membership(project=project, user=user, role=role), by=None)
    return user


def make_material(project: Project, name: str = "", **overrides: Any) -> Material:
    fields = {"name": name or f"Material {next(_numbers)}", "kind": "active_material"} | overrides
    return save_record(Material(project=project, **fields), by=None)


def make_formulation(project: Project, *ingredients: tuple[Material, str, str], **overrides: Any) -> Formulation:
    """Ingredients are (material, role, mass fraction as written)."""
    fields = {"name": f"Formulation {next(_numbers)}"} | overrides
    children = [
        Ingredient(position=position, material=material, role=role, mass_fraction=fraction)
        for position, (material, role, fraction) in enumerate(ingredients, start=1)
    ]
    return save_formulation(Formulation(project=project, **fields), children, by=None)


def make_setup(project: Project, **overrides: Any) -> HardwareSetup:
    fields = {"name": f"Die {next(_numbers)}", "kind": "die", "die_diameter": "10 mm (exact)"} | overrides
    return save_record(HardwareSetup(project=project, **fields), by=None)


def make_mapping(project: Project, name: str = "", **overrides: Any) -> ColumnMapping:
    """A mapping for a spectrum without column headers by default."""
    columns = {"0": "frequency_hertz", "1": "real_impedance_ohm", "2": "imaginary_impedance_ohm"}
    fields = {"name": name or f"Mapping {next(_numbers)}", "mapping": {"columns": columns}} | overrides
    return save_column_mapping(ColumnMapping(project=project, **fields), by=None)


def make_publication(project: Project, **overrides: Any) -> Publication:
    fields = {"key": f"paper{next(_numbers)}", "authors": "Curie, M.", "title": "On cells", "year": 2025} | overrides
    return save_record(Publication(project=project, **fields), by=None)


def make_cell(project: Project, layers: list[Layer] | None = None, **overrides: Any) -> Cell:
    fields = {"label": f"Cell {next(_numbers)}", "format": "die"} | overrides
    return save_cell(Cell(project=project, **fields), layers or [], by=None)


def make_pellet(project: Project, **layer: Any) -> Cell:
    """A pellet of one electrolyte between blocking electrodes."""
    material = make_material(project, kind="solid_electrolyte")
    sample = Layer(position=1, role="sample", material=material, **({"thickness": "600 µm"} | layer))
    return make_cell(project, [sample], format="blocking_pellet")


def make_measurement(cell: Cell, **overrides: Any) -> Measurement:
    """A cycling test by default; conditions are given by slug: `stack_pressure_mpa="10 MPa"`."""
    conditions = {slug: overrides.pop(slug) for slug in condition_slugs() if slug in overrides}
    fields = {"technique": "cycling"} | overrides
    return save_measurement(Measurement(cell=cell, **fields), conditions, by=None)


def written(measurement: Measurement) -> dict[str, str]:
    """The conditions of a measurement as entered, by slug."""
    return dict(Condition.objects.filter(measurement=measurement).values_list("quantity", "written"))


def magnitudes(measurement: Measurement) -> dict[str, float]:
    """The conditions of a measurement as numbers, by slug."""
    return dict(Condition.objects.filter(measurement=measurement).values_list("quantity", "magnitude"))


def report(measurement: Measurement, quantity: str, written: str, at: str = "") -> Value:
    """Report a value, at a place such as `peak:2`."""
    place = Place.parse(at) if at else None
    return report_value(measurement=measurement, quantity=quantity, written=written, at=place, by=None)


def make_run(measurement: Measurement, **overrides: Any) -> AnalysisRun:
    """A run that has ended, of an analysis that no plugin has."""
    now = timezone.now()
    fields = {"analysis": "a", "plugin": "p", "version": "1", "is_latest": True, "status": "done", "inputs_hash": "0"}
    times = {"started_at": now, "finished_at": now}
    return AnalysisRun.objects.create(measurement=measurement, cell=measurement.cell, **(fields | times | overrides))


def make_pressure_series(cell: Cell, exponent: float, temperature: str = "25 °C") -> list[Measurement]:
    """Spectra at 1, 10 and 100 MPa whose reported conductivity is 1 mS/cm times p^exponent."""
    members = []
    for pressure in (10, 1, 100):
        fields = {"stack_pressure_mpa": f"{pressure} MPa (exact)", "temperature_degc": temperature}
        members.append(make_measurement(cell, technique="eis", **fields))
        report(members[-1], "ionic_conductivity_s_cm", f"{1e-3 * pressure**exponent:.9f} S/cm (exact)")
    return members


def make_group(project: Project, *cells: Cell, labels: tuple[str, ...] = (), **overrides: Any) -> CellGroup:
    """A group of replicates by default."""
    number = next(_numbers)
    fields = {"slug": f"group-{number}", "name": f"Group {number}", "kind": "replicates"} | overrides
    names = labels or ("",) * len(cells)
    members = [
        GroupMember(position=position, cell=cell, label=label)
        for position, (cell, label) in enumerate(zip(cells, names, strict=True), start=1)
    ]
    return save_group(CellGroup(project=project, **fields), members, by=None)
