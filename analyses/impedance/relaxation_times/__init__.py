"""Distribution of relaxation times of spectra, and the processes seen in it."""
