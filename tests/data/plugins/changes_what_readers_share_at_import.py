"""A plugin that reads one more prefix, in a table that is not its own."""

from plugins.readers import column_heads

column_heads.PREFIXES["G"] = 1e9
