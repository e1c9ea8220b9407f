"""What readers of file formats build on: text, tables of numbers, headers with units, cycler series and spectra."""
