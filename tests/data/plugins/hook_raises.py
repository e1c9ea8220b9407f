"""A plugin whose hook raises."""

from registry.hookspecs import Analysis, hookimpl


@hookimpl
def register_analyses() -> list[Analysis]:
    raise RuntimeError("the calibration file is gone")
