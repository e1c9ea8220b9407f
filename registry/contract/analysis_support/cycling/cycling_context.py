"""When a cycling test ran, as its file records it, and its currents as multiples of the 1C that was recorded."""

import math
from datetime import UTC, datetime, timedelta

from analyses.coded_text import Listed
from registry.contract.analysis_support.cycling.cycle_group_choice import MA_PER_A
from registry.contract.analysis_support.cycling.cycling_table import ROWS, CyclingTable, column
from registry.contract.analysis_support.cycling.recorded_scale import MASS, MG_PER_G, read_scale
from registry.contract.input_dataset import InputDataset
from registry.contract.inputs import Inputs
from registry.contract.outcome import Message
from registry.contract.vocabulary import CONTINUATION, UNDECLARED

UNIX_TIME = "unix_time_second"
ONE_C = "one_c_ma_g"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def context_messages(inputs: Inputs, dataset: InputDataset, table: CyclingTable) -> tuple[Message, ...]:
    """Return the start and end of the test, and the C-rates of its groups, as far as they are recorded."""
    return (*_period(inputs, dataset), *_c_rates(inputs, table))


def _period(inputs: Inputs, dataset: InputDataset) -> tuple[Message, ...]:
    """Return start and end: by the time stamps of the rows, or by the start of the file and its last test time."""
    if UNIX_TIME in dataset.names:
        stamps = column(dataset, UNIX_TIME)
        return (_from_to(EPOCH, float(stamps.min()), float(stamps.max())),)
    start = dataset.start_time
    if start is None:
        return ()
    is_joined = bool(inputs.datasets(CONTINUATION) or inputs.datasets(UNDECLARED))
    if is_joined or ROWS[0] not in dataset.names:
        return (Message("test-start", "The test began at {start}, according to the file.", start=_text(start)),)
    return (_from_to(start, 0.0, float(column(dataset, ROWS[0])[-1])),)


def _from_to(origin: datetime, first_s: float, last_s: float) -> Message:
    """Return start and end, counted from an origin; a warning if they are outside the calendar."""
    try:
        start, end = (origin + timedelta(seconds=seconds) for seconds in (first_s, last_s))
    except OverflowError:
        return Message(
            "impossible-test-dates",
            "Start and end of the test are unknown: its times, {first_s:.4g} s to {last_s:.4g} s, are not valid dates.",
            "warning",
            first_s=first_s,
            last_s=last_s,
        )
    return Message(
        "test-period",
        "The test ran from {start} to {end}, according to the file.",
        start=_text(start),
        end=_text(end),
    )


def _text(moment: datetime) -> str:
    """Return date, time and, if the file states one, offset from UTC: `2024-03-05 09:30`."""
    return moment.isoformat(sep=" ", timespec="minutes")


def _c_rates(inputs: Inputs, table: CyclingTable) -> tuple[Message, ...]:
    """Return the discharge current of each group over that of 1C, if the recorded 1C and active mass are known."""
    one_c = inputs.condition(ONE_C)
    groups = [group for group in table.groups.groups if not math.isnan(group.discharge_current_a)]
    if one_c is None or one_c.magnitude <= 0 or not groups:
        return ()
    scale = read_scale(inputs, MASS)
    if scale.size is None:
        assert scale.lacking
        return (
            Message(
                "no-c-rates",
                "1C is {one_c_ma_g:g} mA/g, but the C-rates are not known: {reason}.",
                one_c_ma_g=one_c.magnitude,
                reason=scale.lacking.reason,
            ),
        )
    one_c_ma = one_c.magnitude * scale.size.magnitude
    return (
        Message(
            "c-rates",
            "1C is {one_c_ma_g:g} mA/g, {one_c_ma:.4g} mA with {mass_mg:.4g} mg of active material. Discharge: "
            "{rates}.",
            one_c_ma_g=one_c.magnitude,
            one_c_ma=one_c_ma,
            mass_mg=scale.size.magnitude * MG_PER_G,
            rates=Listed(f"{group.name} {group.discharge_current_a * MA_PER_A / one_c_ma:.3g}C" for group in groups),
        ),
    )
