"""A plugin whose compiled library was built for another machine."""

import ctypes

ctypes.string_at(0)
