"""Coverage of the stated 95 % intervals under realistic disturbances, for docs/uncertainty.md and `make test-slow`."""
