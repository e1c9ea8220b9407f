"""Intervals of the relations, computed number by number."""

import math

from analyses.consistency.conflicts import Number
from analyses.consistency.relations import RELATIONS


def relation_intervals(record: dict[str, Number]) -> list[tuple[float, float]]:
    """Return the interval of the logarithm of each relation all of whose numbers are known."""
    intervals = []
    for relation in RELATIONS:
        if all(name in record for name, _ in relation.exponents):
            ends = [
                sorted((power * math.log(record[name].lower), power * math.log(record[name].upper)))
                for name, power in relation.exponents
            ]
            low = relation.log_constant + sum(end[0] for end in ends)
            intervals.append((low, relation.log_constant + sum(end[1] for end in ends)))
    return intervals
