"""Names that headers have for a column besides its plain ones: symbols, names of programs, other languages.

Most are short or ambiguous (`E` is a voltage or an energy). A header is read by one only with a unit that fits, and a
suggested column mapping names them for a person to confirm.
"""

from collections.abc import Mapping

SYNONYMS: Mapping[str, tuple[str, ...]] = {
    "test_time_second": (
        "t", "zeit", "testzeit", "gesamtzeit", "temps", "tiempo", "tempo", "时间", "測試時間",
        "总时间", "测试时间", "時間", "runtime", "experiment time", "totaltime",
    ),
    "step_time_second": ("steptime", "schrittzeit", "工步时间"),
    "voltage_volt": (
        "u", "v", "e", "ewe", "<ewe>", "ecell", "e cell", "ucell", "u cell", "vcell", "volt", "volts", "spannung",
        "zellspannung", "tension", "voltaje", "tensione", "电压", "電圧", "ewe-ece", "cell potential", "vdc",
    ),
    "counter_electrode_potential_volt": ("ece", "<ece>"),
    "current_ampere": (
        "i", "<i>", "i cell", "amps", "amp", "strom", "stromstärke", "courant", "corriente", "corrente", "电流", "電流",
    ),
    "cycle_count": (
        "cyc", "cyc#", "cycle no", "cycle no.", "cycle id", "cycles", "cycle #", "cycle nr", "zyklus", "zyklusnummer",
        "ciclo", "循环", "循环号", "循环序号", "サイクル",
    ),
    "step_index": ("step no", "step no.", "step id", "schritt", "工步号", "工步序号"),
    "discharging_capacity_ah": (
        "entladekapazität", "放电容量", "discharge cap", "dis. cap.", "qdischarge", "q discharge",
    ),
    "charging_capacity_ah": ("ladekapazität", "充电容量", "charge cap", "qcharge", "q charge"),
    "discharging_energy_wh": ("entladeenergie", "放电能量", "energy discharge"),
    "charging_energy_wh": ("ladeenergie", "充电能量", "energy charge"),
    "ambient_temperature_celsius": ("ambient temp", "chamber temperature", "umgebungstemperatur"),
    "stack_pressure_megapascal": (
        "pressure", "p", "cell pressure", "applied pressure", "external pressure", "uniaxial pressure", "druck",
        "stapeldruck", "anpressdruck", "pression", "pressione", "presión", "压力", "压强", "圧力",
    ),
    "stack_force_newton": (
        "force", "load", "load cell", "applied force", "kraft", "presskraft", "forza", "fuerza", "力", "载荷", "荷重",
    ),
    "frequency_hertz": (
        "f", "fr", "freq.", "frequenz", "fréquence", "frequence", "frecuencia", "frequenza", "频率", "周波数",
        "hz",
    ),
    "angular_frequency_radian_per_second": ("omega", "ω", "w", "angular frequency", "angular freq", "kreisfrequenz"),
    "real_impedance_ohm": (
        "rez", "re z", "re", "z re", "zr", "z r", "z real", "real", "real z", "real(z)", "z'real", "z' real",
        "z'(re)", "real part", "realteil", "z1", "实部", "阻抗实部", "z prime", "zprime",
    ),
    "imaginary_impedance_ohm": (
        "imz", "im z", "im", "z im", "zi", "z i", "z imag", "imag", "imag z", "imag(z)", "zimg", "z''imag",
        "z'' imag", "z''(im)", "imaginary", "imaginary part", "imaginary z", "imaginärteil", "z2", "虚部", "阻抗虚部",
        "z double prime", "zdoubleprime",
    ),
    "impedance_modulus_ohm": (
        "|z|", "zmod", "z mod", "mod z", "mod(z)", "zmodulus", "zabs", "z abs", "abs z", "abs(z)", "zmag", "z mag",
        "modulus", "magnitude", "impedance", "impedance modulus", "impedance magnitude", "z", "betrag", "模值", "阻抗",
        "||z||", "module",
    ),
    "impedance_phase_degree": (
        "phase", "zphz", "zphase", "z phase", "phase z", "phase(z)", "phase angle", "phase shift", "phaseangle",
        "impedance phase", "theta", "phi", "θ", "φ", "arg z", "arg(z)", "angle", "phasenwinkel", "phi(z)",
        "theta(z)", "相位", "相位角", "z theta", "phasez",
    ),
}  # fmt: skip
"""By canonical name; in lower case, underscores as spaces. `z1`, `z2` are the two parts in some programs."""
OF_A_LOG = ("stack_pressure_megapascal", "stack_force_newton")
"""Columns whose synonyms count only in a log of a sensor: a pressure next to a current may be that of a gas."""
WITH_UNIT: Mapping[tuple[str, str], str] = {("f", "N"): "stack_force_newton"}
"""Names that mean another column with a unit of it."""
