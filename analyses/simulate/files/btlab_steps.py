"""BT-Lab text of a test of voltage steps: Modulo Bat of a BCS-815, one sequence a step."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analyses.simulate.files.eclab_numbers import double, single

Array = NDArray[np.float64]

ENCODING = "latin-1"
COLUMNS = (
    "Ns changes", "Ns", "time/s", "Ecell/V", "I/mA", "(Q-Qo)/mA.h", "Energy charge/W.h", "Energy discharge/W.h",
    "step time/s", "Q discharge/mA.h", "Q charge/mA.h", "Capacity/mA.h", "cycle number", "P/W", "R/Ohm",
    "Temperature/°C",
)  # fmt: skip
HEADER = """\
BT-Lab ASCII FILE
Nb header lines : {lines}{padding}

Modulo Bat

Run on channel : A1 (SN 0000)
Grouped channel(s) : A1
User : simulated
Ecell ctrl range : min = 0.00 V, max = 9.00 V
Safety Limits :
\tEcell min = 0.00 V
\tEcell max = 4.30 V
\tfor t > 10 ms
\tTemperature max = 70.00 °C
Acquisition started on : {started}
Technique started on : {started}
Loaded Setting File :  NONE
Saved on :
\tFile : {name}
\tDirectory : simulated
\tHost :\x20
Device : BCS-815 (SN 0000)
Address :\x20
BT-Lab for windows v1.75 (software)
Internet server v1.74 (firmware)
Command interpretor v1.75 (firmware)
Electrode material :\x20
Initial state :\x20
Electrolyte :\x20
Comments : simulated, not measured
Mass of active material : 0.001 mg
 at x = 0.000
Molecular weight of active material (at x = 0) : 0.001 g/mol
Atomic weight of intercalated ion : 0.001 g/mol
Acquisition started at : xo = 0.000
Number of e- transfered per intercalated ion : 1
for DX = 1, DQ = 26.802 mA.h
Battery capacity : 0.000 A.h
Electrode surface area : 0.001 cm²
Characteristic mass : 0.001 g
Volume (V) : 0.001 cm³
Record Temperature
Cycle Definition : Charge/Discharge alternance
"""
SETTINGS = (
    ("Ns", "{number}"),
    ("ctrl_type", "CV"),
    ("Apply I/C", "I"),
    ("current/potential", "current"),
    ("ctrl1_val", "{volt:.3f}"),
    ("ctrl1_val_unit", "V"),
    ("ctrl1_val_vs", "Ref"),
    *((f"ctrl{number}_val{ending}", "") for number in (2, 3) for ending in ("", "_unit", "_vs")),
    ("N", "1.00"),
    *((name, "Charge") for name in ("charge/discharge", "charge/discharge_1")),
    ("Apply I/C_1", "I"),
    ("N1", "0.00"),
    *((f"ctrl{number}_val{ending}", "") for number in (4, 5) for ending in ("", "_unit")),
    *((f"ctrl_{name}", "0") for name in ("tM", "seq", "repeat")),
    ("ctrl_trigger", "Falling Edge"),
    ("ctrl_TO_t", "0.000"),
    ("ctrl_TO_t_unit", "d"),
    ("ctrl_Nd", "6"),
    ("ctrl_Na", "1"),
    ("ctrl_corr", "1"),
    ("lim_nb", "1"),
    ("lim1_type", "Time"),
    ("lim1_comp", ">"),
    ("lim1_Q", "Q limit"),
    ("lim1_value", "{seconds:.3f}"),
    ("lim1_value_unit", "s"),
    ("lim1_action", "Next sequence"),
    ("lim1_seq", "{following}"),
    ("lim2_type", "Time"),
    ("lim2_comp", "<"),
    ("lim2_Q", "Q limit"),
    ("lim2_value", "0.000"),
    ("lim2_value_unit", "s"),
    ("lim2_action", "Next sequence"),
    ("lim2_seq", "{following}"),
    ("rec_nb", "1"),
    ("rec1_type", "Time"),
    ("rec1_value", "1.000"),
    ("rec1_value_unit", "s"),
    ("E range min (V)", "0.000"),
    ("E range max (V)", "9.000"),
    ("I Range", "10 A"),
    *((f"I Range {name}", "Unset") for name in ("min", "max", "init")),
    ("auto rest", "0"),
    ("Bandwidth", "4"),
)
"""Names of the settings of a sequence and their texts."""
WIDTH = 20
SECONDS_PER_HOUR = 3600.0


@dataclass(frozen=True)
class StepRows:
    """Rows of a test of voltage steps, each of shape (rows,)."""

    time_s: Array
    voltage_v: Array
    current_a: Array
    step: NDArray[np.int64]
    """From 0."""


def btlab_steps(
    rows: StepRows,
    volts: Sequence[float],
    step_s: float,
    *,
    name: str,
    started: str = "05/13/2024 11:19:51.602",
    temperature_degc: float = 25.0,
) -> bytes:
    """Return the file of a test at `volts`, each for `step_s`; ‘simulated’ is the user and the comment."""
    header = _header(volts, step_s, name, started)
    return (header + _rows(rows, temperature_degc)).encode(ENCODING)


def _header(volts: Sequence[float], step_s: float, name: str, started: str) -> str:
    facts = [
        {"number": number, "volt": volt, "seconds": step_s, "following": number + 1}
        for number, volt in enumerate(volts)
    ]
    settings = "".join(
        f"{key:<{WIDTH}}" + "".join(f"{text.format(**fact):<{WIDTH}}" for fact in facts) + "\n"
        for key, text in SETTINGS
    )
    lines = HEADER.count("\n") + len(SETTINGS) + 2
    text = HEADER.format(lines=lines, padding=" " * 25, name=name, started=started)
    return text + settings + "\n" + "\t".join(COLUMNS) + "\t\n"


def _rows(rows: StepRows, temperature_degc: float) -> str:
    hours = np.diff(rows.time_s, prepend=rows.time_s[0]) / SECONDS_PER_HOUR
    charge_mah = np.cumsum(1e3 * rows.current_a * hours)
    energy_wh = np.cumsum(rows.current_a * rows.voltage_v * hours)
    begins = np.flatnonzero(np.diff(rows.step, prepend=-1))
    step_time = rows.time_s - rows.time_s[begins][np.searchsorted(begins, np.arange(rows.step.size), side="right") - 1]
    changes = np.isin(np.arange(rows.step.size), begins)
    table = zip(
        changes.tolist(), rows.step.tolist(), rows.time_s.tolist(), rows.voltage_v.tolist(), rows.current_a.tolist(),
        charge_mah.tolist(), energy_wh.tolist(), step_time.tolist(), strict=True,
    )  # fmt: skip
    return "".join(
        "\t".join(
            (
                str(int(change)),
                str(step),
                *map(double, (time,)),
                *map(single, (volt, 1e3 * ampere)),
                *map(double, (charge, energy, 0.0, since, 0.0, charge, charge, 0.0)),
                *map(single, (volt * ampere, 0.0, temperature_degc)),
            )
        )
        + "\n"
        for change, step, time, volt, ampere, charge, energy, since in table
    )
