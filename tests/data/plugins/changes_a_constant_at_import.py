"""A plugin that has thicknesses in millimetres."""

from analyses.cell import geometry

geometry.UM_PER_CM = 10.0
