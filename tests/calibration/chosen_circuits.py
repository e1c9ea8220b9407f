"""Resistances and arcs of spectra whose circuit is not known: it is chosen, and others are averaged over."""

import math
from functools import lru_cache

import numpy as np

from analyses.impedance.circuits.arc_spread import log_arcs
from analyses.impedance.circuits.arc_values import ArcValues, arc_values
from analyses.impedance.circuits.circuit import parse_circuit
from analyses.impedance.circuits.circuit_average import with_model_error
from analyses.impedance.circuits.circuit_choice import choose_circuit
from analyses.impedance.circuits.fitted_circuit import ImpedanceFit
from analyses.impedance.kramers_kronig import kramers_kronig
from analyses.impedance.spectrum import check_spectrum, resistance_at_intercept, resistance_at_minimum
from analyses.uncertainty import Estimate
from tests.calibration.arcs import VALUES
from tests.calibration.noise import Array
from tests.calibration.study import Answer, Study, answer_of
from tests.spectra import noisy

Arc = tuple[float, float, float]
"""Resistance [Ω], time constant [s], exponent."""
TAILS = ("", "W", "CPE", "Wo", "Ws")
TAIL_CHANCES = (0.15, 0.3, 0.25, 0.15, 0.15)
NEAR_DECADES = 0.5
"""Distance of the time constants up to which an arc is that of a process."""
PELLET_HERTZ = np.geomspace(7e6, 1.0, 69)
AVERAGED = "allows for circuits that the spectrum does not exclude"
MARKS = (resistance_at_minimum, resistance_at_intercept)
FEW = 4
OF_BOUNDARIES = "grain boundaries of "


def _values(arcs: list[Arc]) -> list[float]:
    return [number for ohm, tau, n in arcs for number in (ohm, tau**n / ohm, n)]


def full_cell(random: np.random.Generator) -> tuple[Array, Array, float, list[Arc]]:
    """Return frequencies, impedance, noise and arcs of a cell of two to four arcs and diffusion of any kind.

    Five and a half to eight decades with 7 to 10.5 points each, 0.1 to 1 % noise, exponents 0.75 to 1, resistances
    within a factor of ten, time constants a decade and more apart.
    """
    count, tail = int(random.choice([2, 3, 4], p=[0.2, 0.6, 0.2])), str(random.choice(TAILS, p=TAIL_CHANCES))
    highest, lowest = 10 ** random.uniform(5, 6.3), 10 ** random.uniform(-2, -1)
    decades = math.log10(highest / lowest)
    frequency = np.geomspace(highest, lowest, round(decades * random.uniform(7, 10.5)))
    fastest, slowest = (-math.log10(2 * math.pi * end) for end in (highest, lowest))
    first, last = fastest + random.uniform(0.5, 1.2), slowest - random.uniform(1.0, 2.0)
    gaps = random.uniform(1, 2, count - 1)
    places = first + np.append(0.0, np.cumsum(gaps)) / gaps.sum() * (last - first) * random.uniform(0.8, 1)
    ohms, exponents = 10 ** random.uniform(0.6, 1.6, count), random.uniform(0.75, 1, count)
    arcs = list(zip(ohms.tolist(), (10**places).tolist(), exponents.tolist(), strict=True))
    size, omega = float(ohms.mean()) * 10 ** random.uniform(-0.5, 0.7), 2 * math.pi * lowest
    exponent, time = random.uniform(0.4, 0.7), 10 ** random.uniform(-1, 0.7) / omega
    end = {
        "": [],
        "W": [size * math.sqrt(omega / 2)],
        "CPE": [1 / (size * omega**exponent), exponent],
        "Wo": [size, time],
        "Ws": [size, time],
    }[tail]
    text = "-".join(
        ["R0", *(f"p(R{n},CPE{n})" for n in range(1, count + 1)), *([f"{tail}{count + 1}"] if tail else [])]
    )
    exact = parse_circuit(text).impedance(frequency, np.array([10 ** random.uniform(0.3, 1.5), *_values(arcs), *end]))
    return frequency, exact, 10 ** random.uniform(-3, -2), arcs


def pellet(random: np.random.Generator) -> tuple[Array, Array, float, list[Arc]]:
    """Return the same of a pellet whose bulk arc may be faster than the spectrum, with leads of 0 to 100 nH.

    3 to 300 Ω, a quarter to three quarters of it grain boundaries with their top from 10 kHz to 6 MHz, the bulk 10 to
    1000 times faster, and a tail that is as large as the resistance one to three decades below.
    """
    total, share = 10 ** random.uniform(0.5, 2.5), random.uniform(0.25, 0.75)
    boundary = share * total, 1 / (2 * math.pi * 10 ** random.uniform(4, 6.8)), random.uniform(0.85, 1)
    bulk = total - boundary[0], boundary[1] / 10 ** random.uniform(1, 3), random.uniform(0.9, 1)
    leads = random.uniform(0, 1e-7) if random.random() < 0.7 else 1e-15
    crossing, exponent = 1 / (boundary[1] * 10 ** random.uniform(1, 3)), random.uniform(0.8, 0.95)
    tail = [1 / (total * crossing**exponent), exponent]
    circuit = parse_circuit("L0-p(R1,CPE1)-p(R2,CPE2)-CPE3")
    exact = circuit.impedance(PELLET_HERTZ, np.array([leads, *_values([bulk, boundary]), *tail]))
    return PELLET_HERTZ, exact, 10 ** random.uniform(-3, -2), [bulk, boundary]


@lru_cache(maxsize=512)
def _fitted(is_pellet: bool, seed: int) -> tuple[ImpedanceFit, list[Arc]]:
    """Return the fit as the analysis makes it, off which all quantities are read, and the arcs."""
    make = pellet if is_pellet else full_cell
    frequency, exact, noise, arcs = make(np.random.default_rng(seed))
    impedance = noisy(exact, noise, [seed, 3])
    spectrum = check_spectrum(frequency, impedance.real, impedance.imag)
    percent = kramers_kronig(spectrum).residual_percent
    choice = choose_circuit(spectrum, percent, blocking=is_pellet)
    marks = [mark.magnitude for mark in (read(spectrum, percent / 100) for read in MARKS) if mark]
    return with_model_error(choice.fit, choice, percent, marks, pass_ions=not is_pellet)[0], arcs


def _arc_of(fit: ImpedanceFit, time_constant_s: float) -> ArcValues | None:
    distance = [abs(math.log10(item.arc.time_constant_s / time_constant_s)) for item in log_arcs(fit)]
    nearest = int(np.argmin(distance)) if distance else 0
    return arc_values(fit)[nearest] if distance and distance[nearest] < NEAR_DECADES else None


def of_chosen(quantity: str, words: str, *, is_pellet: bool) -> Study:
    """The value of any arc of a full cell, or of the grain boundaries of a pellet."""

    def trial(random: np.random.Generator) -> Answer:
        seed, which = int(random.integers(2**31)), random.random()
        arcs = (pellet if is_pellet else full_cell)(np.random.default_rng(seed))[3]
        ohm, tau, _ = arcs[-1] if is_pellet else arcs[int(which * len(arcs))]
        truth = {
            "Arc resistance": ohm,
            "Arc capacitance": tau / ohm,
            "Arc peak frequency": 1 / (2 * math.pi * tau),
            "Resistance of a circuit fit": sum(arc[0] for arc in arcs),
        }

        def value() -> Estimate | None:
            fit = _fitted(is_pellet, seed)[0]
            if quantity not in VALUES:
                return fit.resistance()
            arc = _arc_of(fit, tau)
            return getattr(arc, VALUES[quantity]) if arc else None

        return answer_of(truth[quantity], value)

    return Study(
        quantity,
        words,
        trial,
        covers_more=AVERAGED,
        simulation=words.removeprefix(OF_BOUNDARIES),
        few=FEW,
    )


FULL_CELLS = "full cells of two to four arcs and any diffusion, 0.1 to 1 % of white noise, circuit chosen"
PELLETS = "pellets with a fast bulk and leads of 0 to 100 nH, 0.1 to 1 % of white noise, circuit chosen"
STUDIES = (
    *(of_chosen(quantity, FULL_CELLS, is_pellet=False) for quantity in VALUES),
    of_chosen("Resistance of a circuit fit", PELLETS, is_pellet=True),
    *(of_chosen(quantity, OF_BOUNDARIES + PELLETS, is_pellet=True) for quantity in VALUES),
)
