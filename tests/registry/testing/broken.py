"""Analyses for the tests: a sound one, and those that break one rule of the contract each."""

import os
import random
import threading
from types import ModuleType

import numpy as np

from analyses.cell import geometry
from analyses.uncertainty import Estimate
from registry.hookspecs import Analysis, Inputs, Outcome, Parameter, Reader, Refused, Result, hookimpl

SHARE = Parameter("share", float, 1.0, "What to multiply with.", minimum=0.1, maximum=10.0)


def made(ohm: float) -> Outcome:
    return Outcome(values=(Result("resistance_ohm", Estimate.exact(ohm)),))


def typical(inputs: Inputs) -> float:
    """The median of Re Z, or a refusal."""
    if inputs.dataset is None:
        raise Refused("needs a spectrum: no data are attached")
    column = inputs.dataset.column("real_impedance_ohm")
    if not column.size or not np.isfinite(column).all():
        raise Refused("the data have no real impedance in some row")
    return float(np.median(column))


def sound(inputs: Inputs) -> Outcome:
    return made(typical(inputs) * float(inputs.parameter("share")))


def prints(inputs: Inputs) -> Outcome:
    print("R found")  # noqa: T201
    return sound(inputs)


def changes_directory(inputs: Inputs) -> Outcome:
    os.chdir("/")
    return sound(inputs)


def sets_the_environment(inputs: Inputs) -> Outcome:
    os.environ["OHM"] = "Ω"
    return sound(inputs)


def silences_numpy(inputs: Inputs) -> Outcome:
    np.seterr(all="ignore")
    return sound(inputs)


def replaces_a_function_of_numpy(inputs: Inputs) -> Outcome:
    np.median = np.mean
    return sound(inputs)


def changes_a_constant(inputs: Inputs) -> Outcome:
    geometry.UM_PER_CM = 10.0
    return sound(inputs)


def leaves_a_thread(inputs: Inputs) -> Outcome:
    threading.Timer(0.05, lambda: None).start()
    return sound(inputs)


def rolls_dice(inputs: Inputs) -> Outcome:
    return made(typical(inputs) + random.random())


SEEN: list[float] = []


def remembers(inputs: Inputs) -> Outcome:
    SEEN.append(typical(inputs))
    return made(min(SEEN))


def writes_into_its_input(inputs: Inputs) -> Outcome:
    assert inputs.dataset
    column = inputs.dataset.column("real_impedance_ohm")
    column += 1.0
    return made(float(column.max()))


def gives_nan(inputs: Inputs) -> Outcome:
    return made(typical(inputs) * np.nan)


def gives_another_quantity(inputs: Inputs) -> Outcome:
    return Outcome(values=(Result("thickness_um", Estimate.exact(typical(inputs))),))


def gives_milliohm(inputs: Inputs) -> Outcome:
    return made(1000 * typical(inputs))


def reads_computed_unannounced(inputs: Inputs) -> Outcome:
    return made(getattr(inputs.computed("resistance_ohm"), "magnitude", 1.0))


def mumbles(inputs: Inputs) -> Outcome:
    try:
        return sound(inputs)
    except Refused as refusal:
        raise Refused("something is missing here") from refusal


def trips_over_what_is_missing(inputs: Inputs) -> Outcome:
    return made(inputs.only_layer("sample").quantity("thickness_um").magnitude)  # type: ignore[union-attr]


def trips_over_what_is_odd(inputs: Inputs) -> Outcome:
    if inputs.dataset is None:
        raise Refused("needs a spectrum: no data are attached")
    return made(float(inputs.dataset.column("real_impedance_ohm")[3]))


def trips_over_its_bounds(inputs: Inputs) -> Outcome:
    return made(typical(inputs) / (10.0 - float(inputs.parameter("share"))))


def refuses_everything(inputs: Inputs) -> Outcome:
    raise Refused("needs a measurement of a kind nobody makes")


def plugin_of(run, **changes) -> ModuleType:
    """A plugin with one analysis."""
    described = {
        "name": "typical-resistance",
        "version": "1",
        "title": "Typical resistance",
        "description": "The median of Re Z.",
        "techniques": ("eis",),
        "outputs": ("resistance_ohm",),
        "run": run,
        "parameters": (SHARE,),
    } | changes
    module = ModuleType("typical_resistance")
    module.register_analyses = hookimpl(lambda: [Analysis(**described)])  # type: ignore[attr-defined]
    return module


def plugin_with(hook: str, *items: object) -> ModuleType:
    """A plugin with one hook that returns these."""
    module = ModuleType("described")
    setattr(module, hook, hookimpl(lambda: list(items)))
    return module


def reader_of(read, recognises=lambda head, name: head.startswith(b"GOOD")) -> ModuleType:
    """A plugin with one reader."""
    return plugin_with("register_readers", Reader("good", "1", "Good files", recognises, read))
