"""The examples in the docstrings of the pure functions are run."""

import doctest
import importlib
import pkgutil

import pytest

import analyses

MODULES = [info.name for info in pkgutil.walk_packages(analyses.__path__, "analyses.")]


@pytest.mark.parametrize("name", MODULES)
def test_examples_come_out_as_written(name: str) -> None:
    assert doctest.testmod(importlib.import_module(name)).failed == 0
