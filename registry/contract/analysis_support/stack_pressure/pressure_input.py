"""The pressure log of a cycling test: its rows, pressure from force, and the shift between the two clocks."""

import math
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from analyses.coded_text import Remark
from analyses.component import Component
from analyses.insufficient_data import InsufficientData
from analyses.stack_pressure.clock_shift import MOST_CANDIDATES, ShiftScan, found_shift, scan_shifts
from analyses.stack_pressure.pressure_log import PressureLog, pressure_log, pressure_of_force
from analyses.uncertainty import Estimate, propagate
from registry.contract.analysis import Parameter
from registry.contract.analysis_support.cell.electrode_area import electrode_area
from registry.contract.analysis_support.cycling.cycling_table import TEMPERATURES, column
from registry.contract.in_text import InText
from registry.contract.input_dataset import InputDataset
from registry.contract.inputs import Inputs
from registry.contract.outcome import Message, ParameterChange, Refused
from registry.contract.vocabulary import UNDECLARED

Array = NDArray[np.float64]

LOG_ROLE = "pressure_log"
TIME, CURRENT, UNIX_TIME = "test_time_second", "current_ampere", "unix_time_second"
PRESSURE, FORCE = "stack_pressure_megapascal", "stack_force_newton"
ROOT_12 = math.sqrt(12)
LEAST_DISAGREEMENT_S = 60.0
DISAGREEMENT_SHARE = 0.05
"""Share of a half-cycle by which the time stamps may differ from the shift that the charge asks for."""
DISAGREEMENT_ERRORS = 4.0
HIGHEST_MPA = 2000.0
"""Pressure above which a die of steel or tungsten carbide breaks."""
STEP_ROWS, STEP_FACTOR, STEP_SHARE = 3, 3.0, 0.3
"""Rows before and after a step of the pressure, the factor by which their medians differ at least, and their difference
over the range of all pressures."""
CLOCK_SHIFT = Parameter(
    name="clock_shift",
    type=str,
    default="",
    help="Test time at time zero of the pressure log, in seconds, such as -3600; if empty, from the time stamps of "
    "both files or from the correlation of pressure and charge.",
    unit="s",
    title="Clock shift of the pressure log",
)


@dataclass(frozen=True)
class PressureInput:
    """A pressure log on the clock of the test."""

    log: PressureLog
    """On the clock of the test; of a force, with the best value of the area."""
    shift_s: Estimate | None
    """Time of the test minus time of the log; None if both are in one file [s]."""
    area_cm2: Estimate | None
    """Area that a force was divided by; None if the pressure was recorded."""
    temperature_degc: Array | None
    """Temperature at each row of the log; None if not recorded."""
    messages: tuple[Message, ...]

    @property
    def clock_s(self) -> float:
        """Standard uncertainty of the shift [s]."""
        return self.shift_s.combined_standard_uncertainty if self.shift_s else 0.0

    def of_area(self, pressure: Estimate) -> Estimate:
        """Return a pressure with the uncertainty of the area that the force was divided by."""
        if self.area_cm2 is None:
            return pressure
        best = self.area_cm2.magnitude
        return propagate(lambda pressure, cm2: pressure * best / cm2, pressure=pressure, cm2=self.area_cm2)


def read_pressure(inputs: Inputs, dataset: InputDataset, half_cycle_s: float) -> PressureInput:
    """Return the log of the role or of the columns of the test itself; refuse if there is none or its clock is not
    known."""
    logs = inputs.datasets(LOG_ROLE)
    if len(logs) > 1:
        raise Refused(
            "several-pressure-logs",
            "there are {count} pressure logs: join them in one file, or keep the role for one only",
            count=len(logs),
            role=LOG_ROLE,
        )
    source = logs[0] if logs else dataset
    pressure, area, messages = _pressure(inputs, source)
    _check_sensor(pressure)
    log = pressure_log(column(source, TIME), pressure)
    messages += _steps(log.pressure_mpa)
    temperature = _temperature(source)
    if not logs:
        return PressureInput(log, None, area, temperature, messages)
    shift, remarks = _shift(inputs, dataset, source, log, half_cycle_s)
    log = log.shifted(shift.magnitude)
    if temperature is None and (of_test := _temperature(dataset)) is not None:
        temperature = np.interp(log.time_s, column(dataset, TIME), of_test)
    return PressureInput(log, shift, area, temperature, (*messages, *remarks))


def _check_sensor(pressure: Array) -> None:
    """Refuse the channel of no sensor, and a load cell that counts compression as negative."""
    known = pressure[np.isfinite(pressure)]
    if known.size and (known == known[0]).all():
        raise Refused(
            "pressure-constant",
            "the pressure is {pressure_mpa:.4g} MPa in every row: the channel had no sensor, or it did not respond",
            pressure_mpa=known[0],
        )
    if known.size and float(np.median(known)) < 0:
        raise Refused(
            "pressure-negative",
            "pressure or force are negative in most rows, as of a load cell that counts tension as positive: turn the "
            "sign with a column mapping, ‘-Force / N’",
        )
    if known.size and float(np.median(known)) > HIGHEST_MPA:
        raise Refused(
            "pressure-not-plausible",
            "the pressure is {pressure_mpa:.4g} MPa, more than the {highest_mpa:g} MPa that dies withstand: if it is "
            "in kPa or psi, give the unit with a column mapping, ‘Pressure / kPa’",
            pressure_mpa=float(np.median(known)),
            highest_mpa=HIGHEST_MPA,
        )


def _steps(pressure: Array) -> tuple[Message, ...]:
    """Return a warning on the largest lasting change of the pressure by a factor from one row to the next."""
    if pressure.size < 2 * STEP_ROWS:
        return ()
    around = np.lib.stride_tricks.sliding_window_view(pressure, 2 * STEP_ROWS)
    before, after = np.median(around[:, :STEP_ROWS], axis=1), np.median(around[:, STEP_ROWS:], axis=1)
    lower, higher = np.minimum(before, after), np.maximum(before, after)
    ratio = np.divide(higher, lower, out=np.ones_like(higher), where=lower > 0)
    largest = int(np.argmax(ratio))
    row = largest + STEP_ROWS
    if ratio[largest] < STEP_FACTOR or higher[largest] - lower[largest] < STEP_SHARE * np.ptp(pressure):
        return ()
    return (
        Message(
            "pressure-step",
            "The pressure changes from {before_mpa:.4g} to {after_mpa:.4g} MPa at row {row}: if the unit or the range "
            "of the sensor changed there, correct the file; if the pressure was set anew, cycles before and after it "
            "are not comparable.",
            "warning",
            before_mpa=before[largest],
            after_mpa=after[largest],
            row=row + 1,
        ),
    )


def _pressure(inputs: Inputs, source: InputDataset) -> tuple[Array, Estimate | None, tuple[Message, ...]]:
    if PRESSURE in source.names:
        return column(source, PRESSURE), None, ()
    if FORCE not in source.names:
        raise Refused(
            "missing-pressure",
            "no pressure: upload a pressure log with the role {role}, or a file with a column for {pressure} or "
            "{force}",
            role=InText(LOG_ROLE, "pressure log"),
            pressure=InText(PRESSURE, "stack pressure (MPa)"),
            force=InText(FORCE, "stack force (N)"),
        )
    area = electrode_area(inputs)
    if isinstance(area, Remark):
        raise Refused.of(area)
    if area.lower <= 0:
        raise Refused("area-not-above-zero", "the area is not above zero within rounding: correct it", area=area.lower)
    message = Message(
        "pressure-from-force",
        "Pressure: force over {area_cm2:.4g} cm², the recorded area of the electrodes or the die.",
        area_cm2=area.magnitude,
    )
    per_newton = pressure_of_force(1.0, area).magnitude
    return column(source, FORCE) * per_newton, area, (message,)


def _temperature(source: InputDataset) -> Array | None:
    name = next((name for name in TEMPERATURES if name in source.names), None)
    return column(source, name) if name else None


def _shift(
    inputs: Inputs, dataset: InputDataset, source: InputDataset, log: PressureLog, half_cycle_s: float
) -> tuple[Estimate, tuple[Message, ...]]:
    """Return the shift as entered, by time stamps, or as found, and how."""
    if entered := str(inputs.parameter(CLOCK_SHIFT.name)).strip():
        shift = Estimate.exact(_entered(entered))
        message = Message(
            "clock-shift-entered",
            "The log is shifted by {shift_s:.6g} s, as entered.",
            shift_s=shift.magnitude,
        )
        return shift, (message, *_entered_checked(dataset, log, half_cycle_s, shift))
    stamped = _stamped(inputs, dataset, source)
    try:
        scan = scan_shifts(log.time_s, log.pressure_mpa, column(dataset, TIME), column(dataset, CURRENT), half_cycle_s)
    except InsufficientData:
        if stamped is None:
            raise
        return stamped, (_by_stamps(stamped),)
    if stamped is not None:
        return stamped, (_by_stamps(stamped), *_checked(scan, stamped))
    try:
        shift = found_shift(scan)
    except InsufficientData as error:
        offers = (_offer(seconds) for seconds in scan.candidates[:MOST_CANDIDATES])
        raise Refused.of(error).offering(*offers) from error
    return shift, (
        Message(
            "clock-shift-found",
            "The files have no common time stamps. The log is shifted by {shift_s:.4g} ± {uncertainty_s:.2g} s (95 "
            "%), where the pressure follows the charge best; this includes any lag of the pressure behind the charge.",
            shift_s=shift.magnitude,
            uncertainty_s=shift.coverage_factor * shift.standard_uncertainty,
        ),
    )


def _entered(text: str) -> float:
    try:
        seconds = float(text.replace("−", "-"))
    except ValueError:
        seconds = math.nan
    if not math.isfinite(seconds):
        raise Refused(
            "invalid-clock-shift",
            "‘{text}’ is not a number of seconds: enter {parameter} such as -3600",
            text=text,
            parameter=CLOCK_SHIFT.name,
        )
    return seconds


def _offer(seconds: float) -> ParameterChange:
    return ParameterChange(CLOCK_SHIFT.name, f"{seconds:.0f}", f"Shift the log by {seconds:.0f} s")


def _stamped(inputs: Inputs, dataset: InputDataset, source: InputDataset) -> Estimate | None:
    """Return the shift by the time stamps of both files, with the resolution of the stamps; None without."""
    test, log = _origin(inputs, dataset, is_joined=True), _origin(inputs, source, is_joined=False)
    if test is None or log is None or test.clock != log.clock:
        return None
    resolution = math.hypot(test.resolution_s, log.resolution_s) / ROOT_12
    return Estimate.of_components(log.seconds - test.seconds, Component("resolution", resolution))


@dataclass(frozen=True)
class _Origin:
    """When the time of a file was zero."""

    seconds: float
    resolution_s: float
    clock: str
    """`utc`, or `local` for a stamp without an offset."""


def _origin(inputs: Inputs, dataset: InputDataset, *, is_joined: bool) -> _Origin | None:
    if UNIX_TIME in dataset.names:
        stamps = column(dataset, UNIX_TIME)
        offsets = stamps - column(dataset, TIME)
        known = offsets[np.isfinite(offsets)]
        if not known.size:
            return None
        whole = bool((stamps[np.isfinite(stamps)] == np.round(stamps[np.isfinite(stamps)])).all())
        return _Origin(float(np.median(known)), 1.0 if whole else 0.0, "utc")
    start = dataset.start_time
    if start is None or (is_joined and inputs.datasets(UNDECLARED)):
        return None
    resolution = 0.0 if start.microsecond else 1.0 if start.second else 60.0
    if start.tzinfo is None:
        return _Origin((start - datetime(1970, 1, 1)).total_seconds(), resolution, "local")
    return _Origin(start.timestamp(), resolution, "utc")


def _by_stamps(shift: Estimate) -> Message:
    return Message(
        "clock-shift-by-stamps",
        "The log is shifted by {shift_s:.6g} s, by the time stamps of both files (known to {resolution_s:.2g} s).",
        shift_s=shift.magnitude,
        resolution_s=ROOT_12 * shift.standard_uncertainty,
    )


def _entered_checked(
    dataset: InputDataset, log: PressureLog, half_cycle_s: float, entered: Estimate
) -> tuple[Message, ...]:
    """Return a warning if the charge clearly asks for another shift than the one entered."""
    try:
        scan = scan_shifts(log.time_s, log.pressure_mpa, column(dataset, TIME), column(dataset, CURRENT), half_cycle_s)
    except InsufficientData:
        # A pressure or a current that does not change contradicts no shift.
        return ()
    if not scan.is_decisive or _agrees(scan, entered):
        return ()
    return (
        Message(
            "entered-shift-disagrees",
            "The pressure follows the charge with the log shifted by {found_s:.0f} s, not by the entered "
            "{shift_s:.6g} s: the signs and the cycles of the changes may be wrong.",
            "warning",
            found_s=scan.best.magnitude,
            shift_s=entered.magnitude,
            offers=(_offer(scan.best.magnitude),),
        ),
    )


def _agrees(scan: ShiftScan, shift: Estimate) -> bool:
    error = math.hypot(scan.best.standard_uncertainty, shift.standard_uncertainty)
    most = max(LEAST_DISAGREEMENT_S, DISAGREEMENT_SHARE * scan.half_cycle_s, DISAGREEMENT_ERRORS * error)
    return abs(scan.best.magnitude - shift.magnitude) <= most


def _checked(scan: ShiftScan, stamped: Estimate) -> tuple[Message, ...]:
    """Return whether the charge agrees with the time stamps; refuse if it clearly asks for another shift."""
    if not scan.is_decisive:
        return (
            Message("clock-shift-not-checked", "The pressure follows the charge too weakly to check the time stamps."),
        )
    if _agrees(scan, stamped):
        return (
            Message(
                "clock-shift-checked",
                "The pressure follows the charge best {apart_s:.2g} s from the shift given by the time stamps: "
                "consistent.",
                apart_s=abs(scan.best.magnitude - stamped.magnitude),
            ),
        )
    raise Refused(
        "clocks-disagree",
        "according to the time stamps the log is shifted by {stamped_s:.0f} s, but the pressure follows the charge at "
        "{found_s:.0f} s: one of the clocks was wrong; enter the correct shift as {parameter}",
        stamped_s=stamped.magnitude,
        found_s=scan.best.magnitude,
        parameter=CLOCK_SHIFT.name,
    ).offering(_offer(stamped.magnitude), _offer(scan.best.magnitude))
