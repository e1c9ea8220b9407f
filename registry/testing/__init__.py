"""Test support for plugin authors, without Django or a database.

`example_inputs`, `example_cell`, `example_series` and `example_group` make complete, realistic inputs; `run_analysis`
runs an analysis on them as the registry does; `assert_plugin_conforms` checks a plugin against the full contract;
`load_plugin` imports a single-file plugin. `registry.testing.pytest_plugin` adds the fixture `golden` and the option
`--update-golden` to pytest.
"""

from registry.testing.conformance import assert_plugin_conforms
from registry.testing.example import Example
from registry.testing.example_cells import example_cell, example_series
from registry.testing.example_groups import example_group
from registry.testing.example_table import example_table
from registry.testing.examples import example_forms, example_inputs
from registry.testing.golden import Golden
from registry.testing.registration import load_plugin
from registry.testing.running import run_analysis

__all__ = [
    "Example",
    "Golden",
    "assert_plugin_conforms",
    "example_cell",
    "example_forms",
    "example_group",
    "example_inputs",
    "example_series",
    "example_table",
    "load_plugin",
    "run_analysis",
]
