import pytest

from plugins import rate_capability
from registry.testing import example_inputs, run_analysis


def test_gives_capacity_and_current_of_each_step_and_what_comes_back() -> None:
    """The example falls to 97, 89 and 74 % at C/5, C/2 and 1C, and by 0.1 % a step; by hand 99.6 % come back."""
    outcome = run_analysis(rate_capability, example_inputs("cycling", form="rate test")).outcome
    assert outcome is not None
    by_step = {
        slug: [value.estimate.magnitude for value in outcome.values if value.quantity == slug]
        for slug in ("discharge_capacity_mah", "discharge_current_ma", "capacity_recovery_percent")
    }
    first = by_step["discharge_capacity_mah"][0]
    shares = [capacity / first for capacity in by_step["discharge_capacity_mah"]]
    assert shares == pytest.approx([1, 0.969, 0.888, 0.738, 0.996], abs=1e-3)
    assert [current / first for current in by_step["discharge_current_ma"]] == pytest.approx([0.1, 0.2, 0.5, 1, 0.1])
    assert by_step["capacity_recovery_percent"] == pytest.approx([99.6], abs=0.01)
    assert [value.at for value in outcome.values if value.quantity == "discharge_current_ma"] == [
        {"step": number} for number in range(1, 6)
    ]


@pytest.mark.parametrize(("form", "code"), [("rows", "no-rate-test"), ("per-cycle table", "missing-cycling-data")])
def test_refuses_what_is_no_rate_test(form: str, code: str) -> None:
    run = run_analysis(rate_capability, example_inputs("cycling", form=form))
    assert (run.status, [message.code for message in run.messages]) == ("refused", [code])
