"""Gamry .DTA of an impedance spectrum: EISPOT of a Reference 3000, with the open-circuit curve before it."""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Complex = NDArray[np.complex128]

ENCODING = "latin-1"
SAMPLES = 40
"""Rows of the open-circuit curve."""
SAMPLE_S = 0.258333
SETTINGS = """\
EXPLAIN
TAG\tEISPOT
TITLE\tLABEL\tPotentiostatic EIS\tTest &Identifier
DATE\tLABEL\t{date}\tDate
TIME\tLABEL\t{time}\tTime
NOTES\tNOTES\t2\t&Notes...
\tsimulated, not measured
\t
PSTAT\tPSTAT\tREF3000-00000\tPotentiostat
VDC\tPOTEN\t{dc_v}\tT\tDC &Voltage (V)
FREQINIT\tQUANT\t{first}\tInitial Fre&q. (Hz)
FREQFINAL\tQUANT\t{last}\tFinal Fre&q. (Hz)
PTSPERDEC\tQUANT\t{decade}\tPoints/&decade
VAC\tQUANT\t1.00000E+001\tAC &Voltage (mV rms)
AREA\tQUANT\t1.00000E+000\t&Area (cm^2)
CONDIT\tTWOPARAM\tF\t1.50000E+001\t0.00000E+000\tConditionin&g\tTime(s)\tE(V)
DELAY\tTWOPARAM\tT\t1.00000E+001\t0.00000E+000\tInit. De&lay\tTime(s)\tStab.(mV/s)
SPEED\tSELECTOR\t1\t&Optimize for:
ZGUESS\tQUANT\t1.00000E+002\tE&stimated Z (ohms)
"""
OPEN_CIRCUIT = """\
OCVCURVE\tTABLE\t{rows}
\tPt\tT\tVf\tVm\tAch\tOver\tTemp
\t#\ts\tV vs. Ref.\tV\tV\tbits\tdeg C
"""
INSTRUMENT = """\
EOC\tQUANT\t{open_v:.7f}\tOpen Circuit (V)
PSTATMODEL\tIQUANT\t5\tPstat Model
PSTATSECTION\tLABEL\tREF3000-00000\tPstat Section
PSTATSERIALNO\tLABEL\t00000\tPstat Serial Number
CTRLMODE\tIQUANT\t1\tControl Mode
ELECTROMETER\tIQUANT\t0\tRE=0 or CS=1
IESTAB\tIQUANT\t0\tI/E Stability
CASPEED\tIQUANT\t3\tControl Amp Speed
CONVENTION\tIQUANT\t1\tCurrent Convention
ICHRANGE\tIQUANT\t2\tIch Range
ICHRANGEMODE\tTOGGLE\tF\tIch Auto Range
ICHOFFSETENABLE\tTOGGLE\tT\tIch Offset Enable
ICHOFFSET\tQUANT\t0\tIch Offset (V)
ICHFILTER\tIQUANT\t2\tIch Filter
VCHRANGE\tIQUANT\t2\tVch Range
VCHRANGEMODE\tTOGGLE\tF\tVch Auto Range
VCHOFFSETENABLE\tTOGGLE\tT\tVch Offset Enable
VCHOFFSET\tQUANT\t0\tVch Offset (V)
VCHFILTER\tIQUANT\t2\tVch Filter
ACHRANGE\tIQUANT\t2\tAch Range
ACHOFFSETENABLE\tTOGGLE\tF\tAch Offset Enable
ACHOFFSET\tQUANT\t0\tAch Offset (V)
ACHFILTER\tIQUANT\t1\tAch Filter
IERANGELOWERLIMIT\tIQUANT\t2\tI/E Range Lower Limit
IERANGEMODE\tTOGGLE\tF\tI/E AutoRange
IERANGE\tIQUANT\t10\tI/E Range
POSFEEDENABLE\tTOGGLE\tF\tPositive Feedback IR Comp
POSFEEDRESISTANCE\tQUANT\t0\tPositive Feedback Resistance (ohm)
ACHSELECT\tIQUANT\t1\tAch Select
CABLEID\tIQUANT\t14\tCable ID
DCCALDATE\tLABEL\t4/23/2018\tDC Calibration Date
ACCALDATE\tLABEL\t4/23/2018\tAC Calibration Date
THERMOSELECT\tIQUANT\t1\tThermo Select
FRAMEWORKVERSION\tQUANT\t7.05\tFramework Version
INSTRUMENTVERSION\tLABEL\t4.21\tInstrument Version
COMPLIANCEVOLTAGE\tIQUANT\t1\tCompliance Voltage
"""
SPECTRUM = """\
ZCURVE\tTABLE
\tPt\tTime\tFreq\tZreal\tZimag\tZsig\tZmod\tZphz\tIdc\tVdc\tIERange
\t#\ts\tHz\tohm\tohm\tV\tohm\t°\tA\tV\t#
"""


def gamry_impedance(
    frequency_hertz: Array,
    impedance_ohm: Complex,
    *,
    dc_v: float,
    date: str = "4/23/2018",
    time: str = "16:43:15",
) -> bytes:
    """Return the file of a spectrum.

    Parameters
    ----------
    frequency_hertz : array
        Falling; shape (points,) [Hz].
    impedance_ohm : array
        Shape (points,) [Ω].
    dc_v : float
        DC voltage, which is the one at open circuit too [V].
    date, time : str, optional
        Beginning, the month first.

    Returns
    -------
    bytes
        The text; ‘simulated’ is in the notes.
    """
    decades = float(np.log10(frequency_hertz[0] / frequency_hertz[-1]))
    settings = SETTINGS.format(
        date=date,
        time=time,
        dc_v=_scientific(dc_v),
        first=_scientific(float(frequency_hertz[0])),
        last=_scientific(float(frequency_hertz[-1])),
        decade=_scientific(round((frequency_hertz.size - 1) / max(decades, 1e-9))),
    )
    text = settings + _open_circuit(dc_v) + INSTRUMENT.format(open_v=dc_v)
    return (text + SPECTRUM + _rows(frequency_hertz, impedance_ohm, dc_v)).encode(ENCODING)


def _open_circuit(open_v: float) -> str:
    rows = "".join(
        f"\t{row}\t{(row + 1) * SAMPLE_S:.6g}\t{_scientific(open_v)}\t{_scientific(open_v)}\t{_scientific(0.0)}"
        "\t..........a\t-327.67\n"
        for row in range(SAMPLES)
    )
    return OPEN_CIRCUIT.format(rows=SAMPLES) + rows


def _rows(frequency_hertz: Array, impedance_ohm: Complex, dc_v: float) -> str:
    seconds = np.round(np.cumsum(np.maximum(3 / frequency_hertz, 2.0))) - 1
    return "".join(
        f"\t{row}\t{second:.0f}\t{frequency:.7g}\t{impedance.real:.7g}\t{impedance.imag:.7g}\t1\t{abs(impedance):.7g}"
        f"\t{np.degrees(np.angle(impedance)):.7g}\t{_scientific(0.0)}\t{dc_v:.7g}\t8\n"
        for row, (frequency, impedance, second) in enumerate(
            zip(frequency_hertz.tolist(), impedance_ohm.tolist(), seconds.tolist(), strict=True)
        )
    )


def _scientific(number: float) -> str:
    """Return a number as Gamry writes it: `-3.46699E-001`."""
    digits, exponent = f"{number:.5E}".split("E")
    return f"{digits}E{exponent[0]}{int(exponent[1:]):03d}"
