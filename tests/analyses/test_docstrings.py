"""The examples in the docstrings of the pure functions are run."""

import doctest
import importlib
import pkgutil

import pytest

import analyses

MODULES = [f"analyses.{info.name}" for info in pkgutil.iter_modules(analyses.__path__)]


@pytest.mark.parametrize("name", MODULES)
def test_examples_come_out_as_written(name: str) -> None:
    assert doctest.testmod(importlib.import_module(name)).failed == 0
