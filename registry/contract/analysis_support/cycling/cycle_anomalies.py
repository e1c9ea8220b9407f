"""Messages on cycles whose capacity is far from that of their neighbours."""

from analyses.coded_text import Listed
from analyses.cycling.cycles.cycle_series import CycleSeries
from registry.contract.outcome import Message

FEWEST_JUDGED = 4
MANY_SHARE = 0.2
"""If so large a share of the cycles is excluded, the rule itself is questionable."""


def anomaly_messages(series: CycleSeries, reference: int, end: int, unit: str = "mAh") -> tuple[Message, ...]:
    """Return which cycles are anomalous and by how much, and whether the reference or the end cycle is one.

    Anomalous cycles are excluded from fade, cycle life and efficiency. Retention uses the reference and end cycle as
    measured, anomalous or not. `unit` is that of the capacities.
    """
    messages = []
    count = series.cycle.size
    if count < FEWEST_JUDGED:
        messages.append(
            Message(
                "too-few-cycles-for-anomalies",
                "{count} cycles are too few to detect anomalies.",
                "warning",
                count=count,
            )
        )
    anomalous = [int(cycle) for cycle in series.cycle[series.anomalous]]
    if anomalous:
        messages.append(
            Message(
                "anomalous-cycles",
                "Excluded from fade, cycle life and efficiency: cycles {cycles}, which deviate from the neighbouring "
                "cycles by {off_percent:+.2g} %.",
                "warning",
                cycles=Listed(anomalous),
                off_percent=Listed(_off_percent(series, cycle) for cycle in anomalous),
            )
        )
    if len(anomalous) >= MANY_SHARE * count:
        messages.append(
            Message(
                "many-anomalous-cycles",
                "{anomalous} of {count} cycles were excluded as anomalous: check that the cycles are comparable, and "
                "the parameter for the window of anomalous cycles.",
                "warning",
                anomalous=len(anomalous),
                count=count,
            )
        )
    for which, cycle in (("reference", reference), ("end", end)):
        if cycle in anomalous:
            messages.append(
                Message(
                    "anomalous-cycle-compared",
                    "The {which} cycle {cycle} deviates by {off_percent:+.2g} % from the neighbouring cycles "
                    "({measured:.4g} {unit} instead of {expected:.4g} {unit}). The measured capacity was used.",
                    "warning",
                    which=which,
                    cycle=cycle,
                    off_percent=_off_percent(series, cycle),
                    measured=series.capacity_at(cycle),
                    expected=series.expected_at(cycle),
                    unit=unit,
                )
            )
    return tuple(messages)


def _off_percent(series: CycleSeries, cycle: int) -> float:
    expected = series.expected_at(cycle)
    return 100 * (series.capacity_at(cycle) / expected - 1) if expected else float("inf")
