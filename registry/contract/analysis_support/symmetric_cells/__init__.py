"""Tests of symmetric cells: plating and stripping, current ramps, short circuits."""
