"""Assignments of processes by capacitance."""

import pytest

from analyses.impedance.relaxation_times.process_assignment import assign_process


@pytest.mark.parametrize(
    ("capacitance_f_cm2", "assignment"),
    [
        (1e-12, "bulk"),
        (1e-9, "grain boundaries"),
        (5e-8, "surface layer"),
        (1e-6, "interface"),
        (1e-4, "charge transfer"),
        (1.0, "diffusion or storage"),
    ],
)
def test_the_ranges_are_those_of_the_source(capacitance_f_cm2: float, assignment: str) -> None:
    assert assign_process(capacitance_f_cm2) == assignment
