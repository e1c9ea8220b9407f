"""Tables read with a column mapping, and the mapping suggested for those without one."""
