#!/usr/bin/env python
"""Run a management command of the registry."""

from cellar_registry import main

if __name__ == "__main__":
    main()
