"""Building blocks of readers: text, tables of numbers, headers with units, cycler series and spectra."""
