"""A plugin that overwrites a shared constant when it is imported."""

from analyses.cell import geometry

geometry.UM_PER_CM = 10.0
