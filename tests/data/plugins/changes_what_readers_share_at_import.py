"""A plugin that reads one more prefix, in a table that is not its own."""

from registry.contract.reader_support import column_headers

column_headers.PREFIXES["G"] = 1e9
