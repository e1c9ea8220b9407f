import numpy as np
import pytest

from analyses.simulate.porous_picture import ACTIVE, ELECTROLYTE, PORE, PorousSection, porous_picture

SECTION = PorousSection(0.12, 0.7, 0.05, 1.0)


def test_without_noise_the_shares_are_those_stated() -> None:
    pixels = porous_picture(SECTION, noise_levels=0.0, seed=1)
    shares = {level: (pixels == level).mean() for level in (PORE, ELECTROLYTE, ACTIVE)}
    assert shares[PORE] == pytest.approx(0.12, abs=1e-4)
    assert shares[ACTIVE] / (1 - shares[PORE]) == pytest.approx(0.7, abs=0.05)
    assert sum(shares.values()) == pytest.approx(1.0)


def test_grains_are_as_large_as_stated() -> None:
    fine, coarse = (
        porous_picture(PorousSection(0.5, 0.5, 0.05, grain), noise_levels=0.0, seed=1) == PORE for grain in (0.5, 2.0)
    )
    edges = [(np.diff(pores.astype(int), axis=1) != 0).mean() for pores in (fine, coarse)]
    assert edges[0] / edges[1] == pytest.approx(4.0, rel=0.3)


def test_a_seed_gives_the_same_picture_each_time() -> None:
    assert (porous_picture(SECTION, seed=2) == porous_picture(SECTION, seed=2)).all()
