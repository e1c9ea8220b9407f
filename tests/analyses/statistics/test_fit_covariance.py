"""Covariance of variables that the data determine, and of those they do not."""

import numpy as np
import pytest

from analyses.statistics.fit_covariance import fit_covariance


def test_of_determined_variables_it_is_the_inverse() -> None:
    jacobian = np.random.default_rng(1).normal(size=(3, 50))
    assert fit_covariance(jacobian) == pytest.approx(np.linalg.inv(jacobian @ jacobian.T))


def test_a_variable_without_influence_is_not_exact_and_leaves_the_others_as_they_are() -> None:
    jacobian = np.random.default_rng(2).normal(size=(3, 50))
    jacobian[1] *= 1e-12
    covariance = fit_covariance(jacobian)
    assert covariance[1, 1] > 1e9
    others = np.ix_([0, 2], [0, 2])
    assert covariance[others] == pytest.approx(np.linalg.inv((jacobian @ jacobian.T)[others]), rel=1e-3)


def test_without_any_influence_all_are_undetermined() -> None:
    assert np.isfinite(fit_covariance(np.zeros((2, 5)))).all()
    assert (np.diag(fit_covariance(np.zeros((2, 5)))) > 1e100).all()
