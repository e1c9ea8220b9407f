"""A plugin with nothing wrong: one analysis imports a library that changes what libraries change, one tells of it."""

import os
import warnings

from analyses.uncertainty import Estimate
from registry.hookspecs import Analysis, Inputs, Outcome, Result, hookimpl


def imports_a_library(inputs: Inputs) -> Outcome:
    """As the library would, it changes how warnings are treated, and the environment."""
    import colorsys  # noqa: F401

    warnings.simplefilter("error")
    os.environ["OF_A_LIBRARY"] = "1"
    return Outcome()


def warns(inputs: Inputs) -> Outcome:
    warnings.warn("is it an error?", RuntimeWarning, stacklevel=1)
    magnitude = 2.0 if "OF_A_LIBRARY" in os.environ else 1.0
    return Outcome(values=(Result("resistance_ohm", Estimate.exact(magnitude)),))


@hookimpl
def register_analyses() -> list[Analysis]:
    return [
        Analysis(run.__name__.replace("_", "-"), "1", run.__name__, "Text.", ("eis",), ("resistance_ohm",), run)
        for run in (imports_a_library, warns)
    ]
