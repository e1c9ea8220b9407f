"""Conductivity of a pellet from the resistance of a voltage staircase, or from a reported resistance."""

from collections.abc import Callable, Sequence

from analyses.uncertainty import Estimate
from registry.contract.analysis_support.cell.pellet import Pellet, pellet_or_reason
from registry.contract.analysis_support.transport.voltage_staircase import reported_resistance, resistance_of_run
from registry.contract.inputs import Inputs
from registry.contract.outcome import Message, NotComputed, Outcome, Result


def conductivity_of_run(
    inputs: Inputs,
    slug: str,
    conductivity: Callable[[Estimate, Estimate, Estimate], Estimate],
    messages: Sequence[Message] = (),
) -> Outcome:
    """Return R and L / (R A); without the geometry of the pellet R alone, and what the conductivity lacks.

    Parameters
    ----------
    inputs : Inputs
        Of a measurement of chronoamperometry.
    slug : str
        Quantity of the conductivity.
    conductivity : callable
        Of resistance [Ω], thickness [µm] and area [cm²].
    messages : sequence of Message, optional
        On the electrodes.

    Raises
    ------
    Refused, InsufficientData
        Without data and without a reported resistance, without the geometry if there are no data, or as
        `resistance_of_run`.
    """
    pellet, dataset = pellet_or_reason(inputs), inputs.dataset
    if dataset is None and not isinstance(pellet, Pellet):
        raise pellet
    fitted = resistance_of_run(inputs, dataset) if dataset else Outcome()
    if not isinstance(pellet, Pellet):
        lacking = (NotComputed.because(slug, pellet),)
        return Outcome(fitted.values, fitted.curves, (*messages, *fitted.messages), lacking)
    resistance = fitted.values[0].estimate if fitted.values else reported_resistance(inputs)
    source = Message(
        "conductivity-from-resistance",
        "σ = L/(R A) with the {dataset} resistance.",
        dataset="fitted" if dataset else "reported",
    )
    sigma = conductivity(resistance, pellet.thickness_um, pellet.area_cm2)
    return Outcome(
        values=(*fitted.values, Result(slug, sigma)),
        curves=fitted.curves,
        messages=(source, *messages, *pellet.messages, *fitted.messages),
    )
