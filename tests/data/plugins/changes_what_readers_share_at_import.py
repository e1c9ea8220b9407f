"""A plugin that modifies a dictionary shared by the readers when it is imported."""

from registry.contract.reader_support import column_headers

column_headers.PREFIXES["G"] = 1e9
