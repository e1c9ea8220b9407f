"""Analyses for the tests: a valid one, and others that each break one rule of the contract."""

import os
import random
import threading
from types import ModuleType

import numpy as np

from analyses.cell import geometry
from analyses.uncertainty import Estimate
from registry.hookspecs import CONTRACT_VERSION, Analysis, Inputs, Outcome, Parameter, Reader, Refused, Result, hookimpl

SHARE = Parameter(name="share", type=float, default=1.0, help="What to multiply with.", minimum=0.1, maximum=10.0)


def outcome_of(ohm: float) -> Outcome:
    return Outcome(values=(Result("resistance_ohm", Estimate.exact(ohm)),))


def typical(inputs: Inputs) -> float:
    """Return the median of Re Z, or refuse."""
    if inputs.dataset is None:
        raise Refused("missing-spectrum", "no spectrum: attach a data file")
    column = inputs.dataset.column("real_impedance_ohm")
    if not column.size or not np.isfinite(column).all():
        raise Refused("value-not-finite", "no real impedance in some rows of the data")
    return float(np.median(column))


def valid(inputs: Inputs) -> Outcome:
    return outcome_of(typical(inputs) * float(inputs.parameter("share")))


def prints(inputs: Inputs) -> Outcome:
    print("R found")  # noqa: T201
    return valid(inputs)


def changes_directory(inputs: Inputs) -> Outcome:
    os.chdir("/")
    return valid(inputs)


def sets_the_environment(inputs: Inputs) -> Outcome:
    os.environ["OHM"] = "Ω"
    return valid(inputs)


def silences_numpy(inputs: Inputs) -> Outcome:
    np.seterr(all="ignore")
    return valid(inputs)


def replaces_a_function_of_numpy(inputs: Inputs) -> Outcome:
    np.median = np.mean
    return valid(inputs)


def changes_a_constant(inputs: Inputs) -> Outcome:
    geometry.UM_PER_CM = 10.0
    return valid(inputs)


def leaves_a_thread(inputs: Inputs) -> Outcome:
    threading.Timer(0.05, lambda: None).start()
    return valid(inputs)


def returns_random_values(inputs: Inputs) -> Outcome:
    return outcome_of(typical(inputs) + random.random())


HISTORY: list[float] = []


def keeps_state(inputs: Inputs) -> Outcome:
    HISTORY.append(typical(inputs))
    return outcome_of(min(HISTORY))


def writes_to_its_input(inputs: Inputs) -> Outcome:
    assert inputs.dataset
    column = inputs.dataset.column("real_impedance_ohm")
    column += 1.0
    return outcome_of(float(column.max()))


def returns_nan(inputs: Inputs) -> Outcome:
    return outcome_of(typical(inputs) * np.nan)


def returns_nan_by_a_method(inputs: Inputs) -> Outcome:
    result = Result("resistance_ohm", Estimate.exact(typical(inputs)), method_spread={"fit": np.nan})
    return Outcome(values=(result,))


def returns_an_undeclared_quantity(inputs: Inputs) -> Outcome:
    return Outcome(values=(Result("thickness_um", Estimate.exact(typical(inputs))),))


def returns_milliohm(inputs: Inputs) -> Outcome:
    return outcome_of(1000 * typical(inputs))


def reads_undeclared_computed(inputs: Inputs) -> Outcome:
    return outcome_of(getattr(inputs.computed("resistance_ohm"), "magnitude", 1.0))


def refuses_vaguely(inputs: Inputs) -> Outcome:
    try:
        return valid(inputs)
    except Refused as refusal:
        raise Refused("missing-input", "an input is missing") from refusal


def fails_on_missing_input(inputs: Inputs) -> Outcome:
    return outcome_of(inputs.only_layer("sample").quantity("thickness_um").magnitude)  # type: ignore[union-attr]


def fails_on_malformed_data(inputs: Inputs) -> Outcome:
    if inputs.dataset is None:
        raise Refused("missing-spectrum", "no spectrum: attach a data file")
    return outcome_of(float(inputs.dataset.column("real_impedance_ohm")[3]))


def fails_at_its_bounds(inputs: Inputs) -> Outcome:
    return outcome_of(typical(inputs) / (10.0 - float(inputs.parameter("share"))))


def refuses_everything(inputs: Inputs) -> Outcome:
    raise Refused("no-measurement", "no suitable measurement")


def plugin_of(run, **changes) -> ModuleType:
    """Return a plugin with one analysis."""
    fields = {
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
    module.CONTRACT_VERSION = CONTRACT_VERSION
    module.register_analyses = hookimpl(lambda: [Analysis(**fields)])  # type: ignore[attr-defined]
    return module


def plugin_with(hook: str, *items: object) -> ModuleType:
    """Return a plugin with one hook that returns the items."""
    module = ModuleType("example_plugin")
    module.CONTRACT_VERSION = CONTRACT_VERSION
    setattr(module, hook, hookimpl(lambda: list(items)))
    return module


def reader_of(read, recognises=lambda head, name: head.startswith(b"GOOD")) -> ModuleType:
    """Return a plugin with one reader."""
    return plugin_with(
        "register_readers", Reader(name="good", version="1", title="Good files", recognises=recognises, read=read)
    )
