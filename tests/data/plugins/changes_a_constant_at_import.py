"""A plugin that has thicknesses in millimetres."""

from analyses import geometry

geometry.UM_PER_CM = 10.0
