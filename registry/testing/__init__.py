"""What the author of a plugin tests it with. It needs neither Django nor a database.

`example_inputs` and `example_cell` make complete, realistic inputs of every technique; `run_analysis` runs an analysis
on them as the registry does; `assert_plugin_conforms` holds a plugin against the whole contract; `load_plugin` imports
a plugin that is a file in no package. `registry.testing.pytest_plugin` gives pytest the fixture `golden` and the option
`--update-golden`.
"""

from registry.testing.conformance import assert_plugin_conforms
from registry.testing.example import Example
from registry.testing.example_table import example_table
from registry.testing.examples import example_cell, example_forms, example_inputs
from registry.testing.golden import Golden
from registry.testing.registration import load_plugin
from registry.testing.running import run_analysis

__all__ = [
    "Example",
    "Golden",
    "assert_plugin_conforms",
    "example_cell",
    "example_forms",
    "example_inputs",
    "example_table",
    "load_plugin",
    "run_analysis",
]
