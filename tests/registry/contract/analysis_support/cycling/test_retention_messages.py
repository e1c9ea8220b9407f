import pytest

from analyses.cycling.capacity.capacity_retention import Fade
from analyses.uncertainty import Estimate
from registry.contract.analysis_support.cycling.retention_messages import fade_messages


@pytest.mark.parametrize(
    ("typical", "uncertainty", "overall", "code"),
    [
        (0.010, 0.0, 0.011, "fade"),
        (0.010, 0.0, 0.020, "uneven-fade"),
        (0.010, 0.006, 0.020, "fade"),
        (0.0, 0.0, 1e-10, "fade"),
    ],
)
def test_a_fade_is_uneven_beyond_its_uncertainty_and_a_fifth(
    typical: float, uncertainty: float, overall: float, code: str
) -> None:
    loss = Fade(Estimate.measured(typical, uncertainty) if uncertainty else Estimate.exact(typical), overall, 10)
    (message,) = fade_messages(loss)
    assert (message.code, message.parameters) == (code, {"average": overall, "typical": typical})
