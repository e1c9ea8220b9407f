import pytest

from registry.contract.analysis_support.symmetric_cells.symmetric_events import (
    EVENT_OUTPUTS,
    charge_passed_mah,
    event_messages,
    event_quantities,
    event_results,
)
from registry.contract.analysis_support.symmetric_cells.symmetric_test import SymmetricTest
from registry.testing.synthetic.symmetric_program import Fault, SymmetricCell, half_cycles, program_rows
from tests.registry.contract.analysis_support.symmetric_cells.test_symmetric_test import read

HEALED, LASTING = Fault(7.5, 9.25, 0.3), Fault(12.5, factor=0.05)


def made(*faults: Fault, celsius=None) -> SymmetricTest:
    return read(program_rows(half_cycles(1e-3, pairs=10), SymmetricCell(faults=faults), celsius=celsius))


def values_of(test: SymmetricTest) -> dict[str, float]:
    return {result.key: result.estimate.magnitude for result in event_results(test)}


def test_each_short_has_its_begin_depth_and_duration() -> None:
    values = values_of(made(HEALED, LASTING))
    assert values["short_circuit_count"] == 2
    assert values["hours_to_short_circuit_h"] == values["cycled_time_h"] == pytest.approx(7.5)
    assert values["hours_to_short_circuit_h@short:2"] == pytest.approx(12.5)
    assert values["short_circuit_depth_percent@short:1"] == pytest.approx(70)
    assert values["short_circuit_duration_h@short:1"] == pytest.approx(1.75)
    assert "short_circuit_duration_h@short:2" not in values
    assert values["total_cycled_time_h"] == pytest.approx(20, abs=0.02)


def test_a_sound_cell_has_times_and_a_count_only() -> None:
    values = values_of(made())
    assert set(values) == {"cycled_time_h", "total_cycled_time_h", "short_circuit_count"}
    assert values["short_circuit_count"] == 0


@pytest.mark.parametrize(
    ("faults", "codes"),
    [
        ((), ["no-short-circuit"]),
        ((HEALED, LASTING), ["healed-short", "short-circuit"]),
        ((Fault(12.0, factor=0.5),), ["partial-short"]),
        ((Fault(10.0, factor=0.05, over_h=6.0),), ["creeping-short"]),
        ((Fault(8.0, 14.0, 0.05, 5.0),), ["healed-creeping-short"]),
        ((Fault(10.5, 11.0, 10.0),), ["no-short-circuit", "contact-loss"]),
    ],
)
def test_each_event_has_its_message(faults: tuple[Fault, ...], codes: list[str]) -> None:
    assert [message.code for message in event_messages(made(*faults))] == codes


def test_charge_up_to_a_short_and_in_all() -> None:
    test = made(LASTING)
    passed, total = charge_passed_mah(test, test.events.short_circuits[0]), charge_passed_mah(test, None)
    assert passed.lower <= 12.5 <= passed.upper
    assert total.lower <= 20 <= total.upper
    assert total.half_width < 0.4


def test_its_quantities_are_its_outputs() -> None:
    assert tuple(quantity.slug for quantity in event_quantities()) == EVENT_OUTPUTS
