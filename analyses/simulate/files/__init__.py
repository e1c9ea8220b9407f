"""Instrument files of simulated measurements, with headers, columns and line ends of the files of real instruments."""
