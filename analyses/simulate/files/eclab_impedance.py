"""EC-Lab text of an impedance spectrum: potentio electrochemical impedance spectroscopy of an SP-300."""

import numpy as np
from numpy.typing import NDArray

from analyses.simulate.files.eclab_numbers import double, single

Array = NDArray[np.float64]
Complex = NDArray[np.complex128]

ENCODING = "latin-1"
COLUMNS = (
    "freq/Hz", "Re(Z)/Ohm", "-Im(Z)/Ohm", "|Z|/Ohm", "Phase(Z)/deg", "time/s", "<Ewe>/V", "<I>/mA", "cycle number",
    "Ns",
)  # fmt: skip
PERIODS = 2.0
"""Periods of the signal measured at each frequency."""
SHORTEST_S = 0.4
"""Time that a frequency takes at least [s]."""
AMPLITUDE_MV = 14.1
HEADER = """\
EC-Lab ASCII FILE
Nb header lines : {lines}{padding}

Potentio Electrochemical Impedance Spectroscopy

Run on channel : 1 (SN 00000)
User : simulated
Electrode connection : standard
Potential control : Ewe
Ewe ctrl range : min = -10.00 V, max = 10.00 V
Ewe,I filtering : <None>
Safety Limits :
\tDo not start on E overload
Channel : Floating
Acquisition started on : {started}
Loaded Setting File :  NONE
Saved on :
\tFile : {name}
\tDirectory : simulated
\tHost : 127.0.0.1
Device : SP-300 (SN 0000)
Address : 127.0.0.1
EC-LAB for windows v11.61 (software)
Internet server v11.61 (firmware)
Command interpretor v11.61 (firmware)
Electrode material :\x20
Initial state :\x20
Electrolyte :\x20
Comments : simulated, not measured
Cable : standard
Electrode surface area : 0.001 cm²
Characteristic mass : 0.001 g
Equivalent Weight : 0.000 g/eq.
Density : 0.000 g/cm3
Volume (V) : 0.001 cm³
Cycle Definition : Charge/Discharge alternance
"""
SETTINGS = (
    ("Mode", "Single sine"),
    ("E (V)", "{dc_v:.4f}"),
    ("vs.", "Ref"),
    ("tE (h:m:s)", "0:00:1.0000"),
    ("record", "0"),
    ("dI", "0.000"),
    ("unit dI", "A"),
    ("dt (s)", "1.000"),
    ("fi", "{first_khz:.3f}"),
    ("unit fi", "kHz"),
    ("ff", "{last_mhz:.3f}"),
    ("unit ff", "mHz"),
    ("Nd", "{decade:.0f}"),
    ("Points", "per decade"),
    ("spacing", "Logarithmic"),
    ("Va (mV)", "14.1"),
    ("pw", "0.10"),
    ("Na", "2"),
    ("corr", "0"),
    ("E range min (V)", "-10.000"),
    ("E range max (V)", "10.000"),
    ("I Range", "Auto"),
    ("Bandwidth", "9"),
    ("nc cycles", "0"),
    ("goto Ns'", "0"),
    ("nr cycles", "0"),
    ("inc. cycle", "0"),
)
WIDTH = 20


def eclab_impedance(
    frequency_hertz: Array,
    impedance_ohm: Complex,
    *,
    name: str,
    started: str = "05/15/2025 01:18:45.867",
    dc_v: float = 0.0,
) -> bytes:
    """Return the file of a spectrum.

    Parameters
    ----------
    frequency_hertz : array
        Falling; shape (points,) [Hz].
    impedance_ohm : array
        Shape (points,) [Ω].
    name : str
        Name of the raw file, which the header states.
    started : str, optional
        Beginning of the acquisition, the month first.
    dc_v : float, optional
        DC voltage [V].

    Returns
    -------
    bytes
        The text; ‘simulated’ is the user and the comment.
    """
    return (_header(frequency_hertz, name, started, dc_v) + _rows(frequency_hertz, impedance_ohm, dc_v)).encode(
        ENCODING
    )


def _header(frequency_hertz: Array, name: str, started: str, dc_v: float) -> str:
    decades = float(np.log10(frequency_hertz[0] / frequency_hertz[-1]))
    numbers = {
        "dc_v": dc_v,
        "first_khz": frequency_hertz[0] / 1e3,
        "last_mhz": frequency_hertz[-1] * 1e3,
        "decade": (frequency_hertz.size - 1) / max(decades, 1e-9),
    }
    settings = "".join(f"{key:<{WIDTH}}{text.format(**numbers):<{WIDTH}}\n" for key, text in SETTINGS)
    lines = HEADER.count("\n") + len(SETTINGS) + 2
    facts = HEADER.format(lines=lines, padding=" " * 26, name=name, started=started)
    return facts + settings + "\n" + "\t".join(COLUMNS) + "\t\n"


def _rows(frequency_hertz: Array, impedance_ohm: Complex, dc_v: float) -> str:
    time_s = np.cumsum(np.maximum(PERIODS / frequency_hertz, SHORTEST_S))
    phase_deg = np.degrees(np.angle(impedance_ohm))
    return "".join(
        "\t".join(
            (
                single(frequency),
                single(impedance.real),
                single(-impedance.imag),
                single(abs(impedance)),
                single(phase),
                double(time),
                single(dc_v),
                single(0.0),
                double(1.0),
                "0",
            )
        )
        + "\n"
        for frequency, impedance, phase, time in zip(
            frequency_hertz.tolist(), impedance_ohm.tolist(), phase_deg.tolist(), time_s.tolist(), strict=True
        )
    )
