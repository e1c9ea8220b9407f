"""Messages on cycles whose capacity is far from that of their neighbours."""

from analyses.coded_text import Listed
from analyses.cycling.cycle_series import CycleSeries
from registry.contract.outcome import Message

FEWEST_JUDGED = 4
MANY_SHARE = 0.2
"""A rule that leaves out so large a share of the cycles is to be questioned."""


def anomaly_messages(series: CycleSeries, reference: int, end: int) -> tuple[Message, ...]:
    """Return which cycles are anomalous and by how much, and whether the reference or the end cycle is one.

    An anomalous cycle does not enter fade, life and efficiency. Reference and end cycle count as measured in any case.
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
                "Left out of fade, life and efficiency, as their capacity is off what the cycles next to them lead one "
                "to expect: cycles {cycles}, by {off_percent:+.2g} %.",
                "warning",
                cycles=Listed(anomalous),
                off_percent=Listed(_off_percent(series, cycle) for cycle in anomalous),
            )
        )
    if len(anomalous) >= MANY_SHARE * count:
        messages.append(
            Message(
                "many-anomalous-cycles",
                "{anomalous} of {count} cycles were left out as anomalous: check whether the cycles are like ones, and "
                "the window for anomalous cycles.",
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
                    "The {which} cycle {cycle} is off by {off_percent:+.2g} %: {measured_mah:.4g} mAh, where the "
                    "cycles next to it lead one to expect {expected_mah:.4g} mAh. The measured capacity was used.",
                    "warning",
                    which=which,
                    cycle=cycle,
                    off_percent=_off_percent(series, cycle),
                    measured_mah=series.capacity_at(cycle),
                    expected_mah=series.expected_at(cycle),
                )
            )
    return tuple(messages)


def _off_percent(series: CycleSeries, cycle: int) -> float:
    expected = series.expected_at(cycle)
    return 100 * (series.capacity_at(cycle) / expected - 1) if expected else float("inf")
