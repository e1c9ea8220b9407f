"""Hand-written SQL for the same rows, used as the reference."""

from collections.abc import Sequence
from typing import Any

from django.db import connection

Rows = list[tuple[Any, ...]]

VISIBLE = """
    (p.visibility IN ('public') OR p.id IN (SELECT m.project_id FROM registry_membership m WHERE m.user_id = 0))
"""
CELL = """
    SELECT c.id, c.refcode, p.slug, c.label, c.format, c.origin, c.publication_id, b.key, c.configuration,
           c.fabrication_pressure, c.fabrication_pressure_mpa, c.fabrication_pressure_mpa_lower,
           c.fabrication_pressure_mpa_upper,
           c.fabrication_pressure_mpa_qualifier, c.fabrication_pressure_mpa_inferred,
           c.footprint, c.footprint_cm2, c.footprint_cm2_lower, c.footprint_cm2_upper,
           c.footprint_cm2_qualifier, c.footprint_cm2_inferred,
           c.packaging_mass, c.packaging_mass_mg, c.packaging_mass_mg_lower, c.packaging_mass_mg_upper,
           c.packaging_mass_mg_qualifier, c.packaging_mass_mg_inferred,
           c.packaging_thickness, c.packaging_thickness_um, c.packaging_thickness_um_lower,
           c.packaging_thickness_um_upper,
           c.packaging_thickness_um_qualifier, c.packaging_thickness_um_inferred,
           c.tab_mass, c.tab_mass_mg, c.tab_mass_mg_lower, c.tab_mass_mg_upper,
           c.tab_mass_mg_qualifier, c.tab_mass_mg_inferred,
           c.repeat_units, c.assembled_on, c.notes, c.parameters, c.created_at
    FROM registry_cell c JOIN registry_project p ON p.id = c.project_id
    LEFT JOIN registry_publication b ON b.id = c.publication_id
"""
LAYERS = """
    SELECT l.cell_id, l.id, l.position, l.role, l.material_id, m.name, l.formulation_id, f.name, l.batch_id,
           l.as_written,
           l.mass_loading, l.mass_loading_mg_cm2, l.mass_loading_mg_cm2_lower, l.mass_loading_mg_cm2_upper,
           l.mass_loading_mg_cm2_qualifier, l.mass_loading_mg_cm2_inferred,
           l.area, l.area_cm2, l.area_cm2_lower, l.area_cm2_upper,
           l.area_cm2_qualifier, l.area_cm2_inferred,
           l.thickness, l.thickness_um, l.thickness_um_lower, l.thickness_um_upper,
           l.thickness_um_qualifier, l.thickness_um_inferred,
           l.apparent_density, l.apparent_density_g_cm3, l.apparent_density_g_cm3_lower, l.apparent_density_g_cm3_upper,
           l.apparent_density_g_cm3_qualifier, l.apparent_density_g_cm3_inferred,
           l.coated_sides
    FROM registry_layer l LEFT JOIN registry_material m ON m.id = l.material_id
    LEFT JOIN registry_formulation f ON f.id = l.formulation_id
    WHERE l.cell_id IN ({places}) ORDER BY l.position
"""
VALUES = """
    SELECT v.cell_id, v.id, m.refcode, v.quantity, v.written, v.magnitude, v.lower, v.upper, v.standard_uncertainty,
           v.degrees_of_freedom, v.qualifier, v.missing, v.inferred, v.note, v.origin, v.publication_id, v.run_id,
           r.analysis, r.stale_since, v.at_kind, v.at_number, v.components, v.method_spread
    FROM registry_value v LEFT JOIN registry_measurement m ON m.id = v.measurement_id
    LEFT JOIN registry_analysisrun r ON r.id = v.run_id
    WHERE v.is_latest AND v.{column} IN ({places}) ORDER BY v.id
"""
MEASUREMENT = """
    SELECT m.id, m.cell_id, m.refcode, m.technique, m.label, m.setup_id, m.dataset_id, m.measured_on, m.notes,
           m.parameters, m.created_at
    FROM registry_measurement m
"""
CONDITIONS = """
    SELECT q.measurement_id, q.quantity, q.written, q.magnitude, q.lower, q.upper, q.standard_uncertainty, q.qualifier,
           q.inferred, q.missing
    FROM registry_condition q WHERE q.measurement_id IN ({places}) ORDER BY q.id
"""
HOLDS = """
    EXISTS (SELECT 1 FROM registry_condition q WHERE q.measurement_id = m.id
        AND q.quantity = 'stack_pressure_mpa' AND q.magnitude <= 10 AND q.qualifier <> '>')
    AND EXISTS (SELECT 1 FROM registry_value v WHERE v.measurement_id = m.id AND v.is_latest
        AND v.quantity = 'capacity_retention_percent' AND v.magnitude >= 80 AND (v.qualifier = '=' OR v.lower >= 80))
"""
ANODE = """
    EXISTS (SELECT 1 FROM registry_layer l WHERE l.cell_id = c.id AND l.role = 'anode'
        AND l.material_id IN (SELECT id FROM registry_material WHERE UPPER(name) = 'LI'))
"""
RUNS = """
    SELECT id, measurement_id, analysis, plugin, version, parameters, status, messages, stale_since
    FROM registry_analysisrun WHERE is_latest AND measurement_id IN ({places})
"""
INGREDIENTS = """
    SELECT i.formulation_id, i.position, i.role, i.mass_fraction, i.mass_fraction_percent, m.id, m.name, m.formula
    FROM registry_ingredient i JOIN registry_material m ON m.id = i.material_id
    WHERE i.formulation_id IN ({places}) ORDER BY i.position
"""


def fetch(sql: str, parameters: Sequence[Any] = (), **parts: str) -> Rows:
    with connection.cursor() as cursor:
        places = ", ".join(["%s"] * len(parameters))
        cursor.execute(sql.format(places=places, **parts) if parameters else sql, list(parameters) or None)
        return list(cursor.fetchall())


def count_cells(condition: str) -> int:
    sql = f"SELECT COUNT(*) FROM registry_cell c JOIN registry_project p ON p.id = c.project_id WHERE {condition}"
    return int(fetch(sql)[0][0])


def list_cells(condition: str = VISIBLE) -> tuple[int, Rows, Rows, Rows]:
    """Return the count and the first hundred cells with their layers and latest values."""
    count = count_cells(condition)
    cells = fetch(f"{CELL} WHERE {condition} ORDER BY c.refcode LIMIT 100")
    pks = [row[0] for row in cells]
    return count, cells, fetch(LAYERS, pks), fetch(VALUES, pks, column="cell_id")


def search_cells() -> tuple[int, Rows, Rows, Rows, Rows, Rows]:
    """Return the same for cells with lithium and 80 % retention below 10 MPa, with the matching measurements."""
    on_same_measurement = f"EXISTS (SELECT 1 FROM registry_measurement m WHERE m.cell_id = c.id AND {HOLDS})"
    condition = f"{VISIBLE} AND {ANODE} AND {on_same_measurement}"
    count, cells, layers, values = list_cells(condition)
    pks = [row[0] for row in cells]
    matching = fetch(f"{MEASUREMENT} WHERE m.cell_id IN ({{places}}) AND {HOLDS}", pks)
    return count, cells, layers, values, matching, fetch(CONDITIONS, [row[0] for row in matching])


def list_measurements(slug: str, largest: float) -> tuple[int, Rows, Rows, Rows]:
    """Return the count and the first hundred measurements at most at this condition, with conditions and values."""
    matching = (
        f"m.id IN (SELECT q.measurement_id FROM registry_condition q WHERE q.quantity = '{slug}'"
        f" AND q.magnitude <= {largest} AND q.qualifier <> '>')"
    )
    tables = (
        "registry_measurement m JOIN registry_cell c ON c.id = m.cell_id JOIN registry_project p ON p.id = c.project_id"
    )
    count = int(fetch(f"SELECT COUNT(*) FROM {tables} WHERE {VISIBLE} AND {matching}")[0][0])
    columns = MEASUREMENT.strip().removesuffix("FROM registry_measurement m").rstrip()
    measurements = fetch(
        f"{columns}, c.refcode, p.slug FROM {tables} WHERE {VISIBLE} AND {matching} ORDER BY m.refcode LIMIT 100"
    )
    pks = [row[0] for row in measurements]
    return count, measurements, fetch(CONDITIONS, pks), fetch(VALUES, pks, column="measurement_id")


def table_rows() -> tuple[Rows, ...]:
    """Return everything that a comparison table of the same query prints."""
    condition = f"{VISIBLE} AND {ANODE} AND {HOLDS} AND m.technique = 'cycling'"
    columns = MEASUREMENT.strip().removesuffix("FROM registry_measurement m").rstrip()
    measurements = fetch(
        f"{columns}, c.refcode, c.label, c.origin, c.configuration, p.name, b.* FROM registry_measurement m"
        " JOIN registry_cell c ON c.id = m.cell_id JOIN registry_project p ON p.id = c.project_id"
        f" LEFT JOIN registry_publication b ON b.id = c.publication_id WHERE {condition} ORDER BY m.cell_id, m.id"
    )
    pks = [row[0] for row in measurements]
    layers = fetch(LAYERS, sorted({row[1] for row in measurements}))
    ingredients = fetch(INGREDIENTS, sorted({row[6] for row in layers if row[6] is not None}))
    values = fetch(VALUES, pks, column="measurement_id")
    return measurements, fetch(CONDITIONS, pks), layers, ingredients, values, fetch(RUNS, pks)
