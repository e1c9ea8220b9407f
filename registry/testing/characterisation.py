"""Example measurements other than electrochemical ones: pressure logs, images and diffractograms."""

import numpy as np

from analyses.uncertainty import Estimate
from registry.contract.dataset_columns import IMAGE
from registry.hookspecs import Columns
from registry.testing.cells import FULL_CELL, PELLET, Facts, FactsAndData, measured, measured_as, rounded
from registry.testing.synthetic.diffractogram import powder_pattern
from registry.testing.synthetic.picture import pores

POROSITY = 12.0
"""In percent."""


def without_data(technique: str, made_of: Facts, **reported: Estimate) -> FactsAndData:
    """Return a measurement without columns, such as images and diffractograms: values read from them are reported."""
    return made_of | measured_as(technique, reported=reported, computed=reported, has_data=False), None


def pressure_log() -> FactsAndData:
    """Return a log of the stack pressure during cycling."""
    change = {"pressure_change_mpa": rounded(1.2, 0.05)}
    facts = FULL_CELL | measured_as("pressure", reported=change, computed={"pressure_change_mpa": measured(1.2, 0.02)})
    return facts, _pressure_over_time


def _pressure_over_time() -> Columns:
    time = np.arange(0.0, 36_000.0, 60.0)
    return {"test_time_second": time, "stack_pressure_megapascal": 10 + 0.6 * np.sin(2 * np.pi * time / 7200)}


def picture(technique: str, made_of: Facts, *, pixel_um: float | None = None, **reported: Estimate) -> FactsAndData:
    """Return an image of pores; the size of its pixels is not known if it is None."""
    facts = made_of | measured_as(technique, reported=reported, computed=reported)
    facts |= {"dataset.pixel_width_um": pixel_um, "dataset.pixel_height_um": pixel_um}
    return facts, _pores


def diffractogram() -> FactsAndData:
    """Return a powder diffractogram."""
    return PELLET | measured_as("xrd"), _reflections


def _reflections() -> Columns:
    two_theta, counts = powder_pattern(((15.6, 0.4), (18.0, 0.3), (25.5, 0.8), (30.0, 1.0), (31.4, 0.9), (45.0, 0.4)))
    return {"two_theta_degree": two_theta, "intensity_count": counts}


def _pores() -> Columns:
    return {IMAGE: pores(120, 168, area_fraction=POROSITY / 100)}
