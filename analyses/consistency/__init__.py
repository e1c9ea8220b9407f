"""Whether numbers of one record can be true together, and within physical limits."""
