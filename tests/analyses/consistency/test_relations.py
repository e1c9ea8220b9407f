import numpy as np
import pytest

from analyses.consistency.limits import LIMITS
from analyses.consistency.relations import RELATIONS, RESULTS, WORDS
from registry.testing.synthetic.records import rounded, true_values
from tests.analyses.consistency.intervals import relation_intervals


def test_made_values_satisfy_every_relation() -> None:
    record = {name: rounded(value, 9, name) for name, value in true_values(np.random.default_rng(1)).items()}
    for low, high in relation_intervals(record):
        assert low == pytest.approx(0.0, abs=1e-7)
        assert high == pytest.approx(0.0, abs=1e-7)


def test_every_relation_has_its_own_title_and_a_source() -> None:
    titles = [relation.title for relation in RELATIONS]
    assert len(titles) == len(set(titles))
    assert all(relation.source for relation in RELATIONS)


def test_a_number_comes_once_in_a_relation_and_with_an_exponent() -> None:
    for relation in RELATIONS:
        names = [name for name, _ in relation.exponents]
        assert len(names) == len(set(names))
        assert all(power for _, power in relation.exponents)


def test_every_number_has_words() -> None:
    names = {name for item in (*RELATIONS, *LIMITS) for name, _ in item.exponents}
    assert names <= set(WORDS)
    assert names >= RESULTS
