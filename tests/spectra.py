"""Impedance spectra for the tests: made from circuits with known values and noise, and samples if they are at hand."""

import csv
from pathlib import Path

import numpy as np

from analyses.impedance.circuits.circuit import Circuit, parse_circuit
from analyses.impedance.spectrum import Spectrum, check_spectrum

SAMPLES = Path(__file__).parents[2] / "shared" / "data" / "eis"
FREQUENCY = np.geomspace(7e6, 0.1, 60)
ONE_ARC = "R0-p(R1,CPE1)-CPE2"
ONE_ARC_VALUES = (50.0, 1000.0, 1e-9, 0.9, 1e-6, 0.85)


def noisy(impedance: np.ndarray, relative_noise: float, seed: int | list[int]) -> np.ndarray:
    """Z with normal noise on both parts, in proportion to |Z|."""
    random = np.random.default_rng(seed)
    parts = random.normal(size=(2, impedance.size))
    return impedance + relative_noise * np.abs(impedance) * (parts[0] + 1j * parts[1])


def make_spectrum(
    text: str = ONE_ARC,
    values: tuple[float, ...] | np.ndarray = ONE_ARC_VALUES,
    relative_noise: float = 0.0,
    seed: int | list[int] = 1,
    frequency: np.ndarray = FREQUENCY,
) -> Spectrum:
    """A spectrum of a circuit."""
    impedance = noisy(parse_circuit(text).impedance(frequency, np.array(values)), relative_noise, seed)
    return check_spectrum(frequency, impedance.real, impedance.imag)


def columns_of(spectrum: Spectrum) -> dict[str, np.ndarray]:
    """The spectrum as a reader gives it."""
    return {
        "frequency_hertz": spectrum.frequency_hertz,
        "real_impedance_ohm": spectrum.impedance_ohm.real,
        "imaginary_impedance_ohm": spectrum.impedance_ohm.imag,
    }


def _arc(resistance: float, top_hz: float, exponent: float) -> tuple[float, float, float]:
    return resistance, 1 / (resistance * (2 * np.pi * top_hz) ** exponent), exponent


def any_pellet(text: str, seed: list[int]) -> tuple[Circuit, np.ndarray, float]:
    """A pellet between blocking electrodes anywhere in a wide range: circuit, values and resistance.

    10 Ω to 100 kΩ; tops of arcs from 3 kHz to 3 MHz; the tail equals the resistance two to four decades below.
    """
    random = np.random.default_rng(seed)
    resistance, tail_exponent = 10 ** random.uniform(1, 5), random.uniform(0.7, 0.93)
    top = 10 ** random.uniform(5, 6)
    if text == "R0-CPE0":
        front: tuple[float, ...] = (resistance,)
    elif "R2" in text:
        slower, share = top / 10 ** random.uniform(1.2, 1.5), random.uniform(0.3, 0.7)
        front = (
            *_arc(share * resistance, 3 * top, random.uniform(0.85, 1)),
            *_arc((1 - share) * resistance, slower, random.uniform(0.8, 0.95)),
        )
        top = slower
    else:
        share = random.uniform(0.3, 0.9) if "R0" in text else 1.0
        rest = ((1 - share) * resistance,) if "R0" in text else ()
        front = (*rest, *_arc(share * resistance, top, random.uniform(0.75, 0.95)))
    crossing = max(top / 10 ** random.uniform(2, 4), 2.0)
    tail = _arc(resistance, crossing, tail_exponent)[1:]
    return parse_circuit(text), np.array([*front, *tail]), resistance


def read_zarc(path: Path) -> Spectrum:
    """A sample of pyDRTtools: number, frequency, Re Z, Im Z."""
    rows = list(csv.reader(path.read_text().splitlines()))[1:]
    return check_spectrum(*np.array([[float(text) for text in row[1:4]] for row in rows]).T)


def read_ec_lab(path: Path) -> Spectrum:
    """Frequency, Re Z and -Im Z of an EC-Lab text file whose header says its own length."""
    lines = path.read_text(encoding="latin-1").splitlines()
    header = int(next(line for line in lines if line.startswith("Nb header lines")).split(":")[1])
    table = np.array([[float(text) for text in line.split("\t")[:3]] for line in lines[header:] if line.strip()])
    return check_spectrum(table[:, 0], table[:, 1], -table[:, 2])
