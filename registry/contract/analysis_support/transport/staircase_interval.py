"""Messages on what the interval of the resistance of a voltage staircase assumes, and what was seen of it."""

from analyses.transport.staircase_resistance import LIKELY, StaircaseResistance
from registry.contract.outcome import Message


def interval_messages(fit: StaircaseResistance) -> list[Message]:
    """Return what the 95 % interval assumes and allows for, and whether the current drifts or decays."""
    steady = fit.steady
    if steady is None:
        return [
            Message(
                "drift-within-steps-unknown",
                "The 95 % interval assumes a straight line and independent scatter (Student's t, {degrees} degrees of "
                "freedom): steps of fewer than six rows do not show whether the current drifts.",
                "warning",
                degrees=fit.line.degrees_of_freedom,
            )
        ]
    messages = [
        Message(
            "interval-allows-for-drift",
            "The 95 % interval assumes a straight line. It allows for scatter of rows and steps, for drift or a "
            "random walk of current or conductance (probability {drift_probability:.0%}), and for an exponential "
            "decay within the steps (probability {decay_probability:.0%}).",
            drift_probability=steady.drift_probability,
            decay_probability=steady.decay_probability,
        )
    ]
    if not steady.is_separable:
        messages.append(
            Message(
                "drift-inseparable-from-slope",
                "The voltage is stepped in one direction only, so a steady drift may be mistaken for a conductance: "
                "the interval allows for as much drift as the steps may hide. Steps up and down narrow it.",
            )
        )
    if fit.still_decays:
        messages.append(
            Message(
                "current-extrapolated",
                "The current still decays at the end of the steps (time constant {decay_s:.3g} s). R is computed from "
                "the extrapolated steady-state current and differs by {share_percent:.2g} % from that of the last "
                "points.",
                "warning",
                decay_s=steady.decay_s,
                share_percent=100 * (1 / (1 + fit.extrapolated_share) - 1),
            )
        )
    if fit.conductance_drifts:
        messages.append(
            Message(
                "conductance-drifts",
                "The conductance changes during the test: check temperature and contacts. R and its interval refer to "
                "the mean conductance of the steps; single steps give {lowest_ohm:.4g} to {highest_ohm:.4g} Ω.",
                "warning",
                lowest_ohm=fit.lowest_ohm,
                highest_ohm=fit.highest_ohm,
            )
        )
    elif steady.is_separable and steady.drift_probability > LIKELY:
        messages.append(
            Message(
                "current-drifts",
                "The current drifts from step to step: check contacts and temperature. The interval allows for it.",
                "warning",
                drift_probability=steady.drift_probability,
            )
        )
    return messages
