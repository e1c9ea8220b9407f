"""The spectrum of a measurement within the parameters that every analysis of spectra has."""

from analyses.impedance.spectrum import Spectrum, check_spectrum
from registry.contract.analysis import Parameter
from registry.contract.analysis_support import outlier_points
from registry.contract.input_dataset import InputDataset
from registry.contract.inputs import Inputs

SPECTRUM_PARAMETERS = (
    Parameter(
        name="lowest_frequency_hz",
        type=float,
        default=0.0,
        help="Lowest frequency used; 0 for all.",
        unit="Hz",
        minimum=0.0,
        maximum=1e12,
        title="Lowest frequency",
    ),
    Parameter(
        name="highest_frequency_hz",
        type=float,
        default=0.0,
        help="Highest frequency used; 0 for all.",
        unit="Hz",
        minimum=0.0,
        maximum=1e12,
        title="Highest frequency",
    ),
    outlier_points.LEFT_OUT_PARAMETER,
)


def read_spectrum(inputs: Inputs, dataset: InputDataset) -> Spectrum:
    """Return the spectrum of a dataset within the frequency window, without the points to leave out.

    Raises
    ------
    InsufficientData
        As `analyses.impedance.spectrum.check_spectrum`.
    Refused
        If a point to leave out is not a frequency.
    """
    return check_spectrum(
        *(dataset.column(name) for name in ("frequency_hertz", "real_impedance_ohm", "imaginary_impedance_ohm")),
        lowest_frequency_hz=float(inputs.parameter("lowest_frequency_hz")),
        highest_frequency_hz=float(inputs.parameter("highest_frequency_hz")),
        left_out_hz=outlier_points.read_frequencies(str(inputs.parameter(outlier_points.LEFT_OUT))),
    )
