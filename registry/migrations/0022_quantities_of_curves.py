from itertools import islice

from django.db import migrations

CYCLE = ("cycle_number", "")
VOLTAGE = ("voltage_v", "V")
STAIRCASE = {
    "current-voltage": (VOLTAGE, ("current_a", "A")),
    "residuals": (VOLTAGE, ("current_residual_a", "A")),
}
NYQUIST = (("real_impedance_ohm", "Ω"), ("negative_imaginary_impedance_ohm", "Ω"))
RESIDUALS = (("frequency_hz", "Hz"), ("impedance_residual_percent", "%"))
TIME = ("time_h", "h")
KNOWN = {
    "capacity-retention": {
        "capacity": (CYCLE, ("capacity_mah", "mAh")),
        "retention": (CYCLE, ("capacity_retention_percent", "%")),
    },
    "cycling-summary": {
        "efficiency": (CYCLE, ("efficiency_percent", "%")),
        "mean-voltage": (CYCLE, VOLTAGE),
        "voltage-capacity": (("capacity_mah", "mAh"), VOLTAGE),
        "energy": (CYCLE, ("energy_mwh", "mWh")),
        "end-voltage": (CYCLE, VOLTAGE),
        "duration": (CYCLE, ("cycle_duration_h", "h")),
        "specific-capacity": (CYCLE, ("specific_capacity_mah_g", "mAh g⁻¹")),
        "areal-capacity": (CYCLE, ("areal_capacity_mah_cm2", "mAh cm⁻²")),
    },
    "ionic-conductivity": {
        "nyquist": NYQUIST,
        "nyquist-before-tail": NYQUIST,
        "residuals": RESIDUALS,
        "kramers-kronig-residuals": RESIDUALS,
    },
    "dc-polarisation": STAIRCASE,
    "electronic-conductivity": STAIRCASE,
    "energy-density": {"mass-breakdown": (("layer_position", ""), ("layer_mass_mg", "mg"))},
    "activation-energy": {
        "arrhenius": (("reciprocal_temperature_per_kk", "kK⁻¹"), ("conductivity_temperature_s_k_cm", "S K cm⁻¹")),
    },
    "symmetric-cell": {
        "voltage": (TIME, VOLTAGE),
        "overpotential": (TIME, ("overpotential_v", "V")),
        "resistance": (TIME, ("resistance_ohm", "Ω")),
    },
}
"""Quantity and unit of the axes of each plot, by analysis and name."""
LABELS = {"reciprocal_temperature_per_kk": "1 / T"}
"""Labels that change with the unit: 1000/T in K⁻¹ is 1/T in kK⁻¹."""
BATCH = 50
COLUMNS = ["kind", "x_quantity", "y_quantity", "data"]


def name_quantities(apps, schema_editor):
    """State kind and quantities of the curves of the analyses that came with Cellar; those of others name none."""
    curves = apps.get_model("registry", "Curve").objects.using(schema_editor.connection.alias)
    keys = iter(list(curves.order_by("pk").values_list("pk", flat=True)))
    while pks := list(islice(keys, BATCH)):
        batch = list(curves.filter(pk__in=pks).select_related("run"))
        for curve in batch:
            _name_axes(curve, KNOWN.get(curve.run.analysis, {}).get(curve.name))
        curves.bulk_update(batch, COLUMNS)


def _name_axes(curve, known):
    data = {**curve.data, "kind": "line"}
    for name, (quantity, unit) in zip("xy", known or (("", None),) * 2):
        axis = {**data[name], "quantity": quantity}
        axis["unit"] = axis.get("unit", "") if unit is None else unit
        axis["label"] = LABELS.get(quantity, axis["label"])
        data[name] = axis
        setattr(curve, f"{name}_quantity", quantity)
    curve.data = data


class Migration(migrations.Migration):
    dependencies = [("registry", "0021_curve_kinds")]

    operations = [migrations.RunPython(name_quantities, migrations.RunPython.noop)]
