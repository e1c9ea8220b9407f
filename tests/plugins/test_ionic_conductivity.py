import pytest

from analyses.uncertainty import Estimate
from plugins.ionic_conductivity import register_analyses, run
from registry.hookspecs import Inputs, Refused

FACTS = {
    "layers.count": 1,
    "layers.1.role": "sample",
    "layers.1.name": "LPSCl",
    "layers.1.thickness_um": Estimate.exact(600.0),
    "layers.1.area_cm2": Estimate.exact(0.7854),
    "reported.resistance_ohm": Estimate.rounded(200.0, 0.5),
}


def test_gives_the_conductivity_of_a_reported_resistance() -> None:
    """By hand: 0.06 cm / (200 Ω × 0.7854 cm²) = 0.38197 mS/cm; R from 199.5 to 200.5 Ω."""
    (result,) = run(Inputs(FACTS)).values
    assert result.quantity == "ionic_conductivity_s_cm"
    assert result.estimate.magnitude == pytest.approx(3.8197e-4, rel=1e-4)
    assert result.estimate.lower == pytest.approx(3.8102e-4, rel=1e-4)
    assert result.estimate.upper == pytest.approx(3.8292e-4, rel=1e-4)


@pytest.mark.parametrize("blocks", ["ions", "electrons", "none"])
def test_mentions_what_the_electrodes_block_and_refuses_none(blocks: str) -> None:
    outcome = run(Inputs(FACTS | {"setup.blocks": blocks}))
    assert "electrodes of the set-up block" in outcome.messages[-1].text


def test_refuses_without_a_resistance() -> None:
    with pytest.raises(Refused, match="this measurement reports none"):
        run(Inputs(FACTS | {"reported.resistance_ohm": None}))


def test_refuses_a_spectrum_without_a_resistance() -> None:
    with pytest.raises(Refused, match="fitting a spectrum is not part of this version"):
        run(Inputs(FACTS | {"reported.resistance_ohm": None, "dataset.sha256": "ab"}))


def test_refuses_a_pellet_without_thickness() -> None:
    with pytest.raises(Refused, match=r"needs the pellet thickness: layer 1 \(sample, LPSCl\) has none"):
        run(Inputs(FACTS | {"layers.1.thickness_um": None}))


def test_refuses_a_resistance_that_may_be_zero() -> None:
    with pytest.raises(Refused, match="above zero with the rounding"):
        run(Inputs(FACTS | {"reported.resistance_ohm": Estimate.rounded(0.3, 0.5)}))


def test_gives_what_it_declares() -> None:
    (analysis,) = register_analyses()
    assert {result.quantity for result in run(Inputs(FACTS)).values} == set(analysis.gives)
