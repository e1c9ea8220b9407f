"""A plugin that modifies a dictionary shared by the readers when it is imported."""

from registry.contract.reader_support.columns import column_units

column_units.PREFIXES["T"] = 1e12
