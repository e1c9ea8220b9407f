"""Load the fixture `golden` and the option `--update-golden`."""

pytest_plugins = ["registry.testing.pytest_plugin"]
