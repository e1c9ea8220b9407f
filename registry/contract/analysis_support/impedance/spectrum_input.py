"""The spectrum of a measurement within the parameters that every analysis of spectra has."""

from collections.abc import Sequence

import numpy as np

from analyses.impedance.spectrum import CHANGES_DIRECTION, Spectrum, check_spectrum
from analyses.impedance.sweep_segments import Overlap, are_segments, overlaps, split_where_it_goes_back
from analyses.insufficient_data import InsufficientData
from registry.contract.analysis import Parameter
from registry.contract.analysis_support.impedance import outlier_points
from registry.contract.input_dataset import InputDataset
from registry.contract.inputs import Inputs
from registry.contract.outcome import Message, ParameterChange, Refused
from registry.contract.vocabulary import PARTS

COLUMNS = ("frequency_hertz", "real_impedance_ohm", "imaginary_impedance_ohm")
SEGMENTS = "sweep_segments"
SEPARATE, JOINED = "separate", "joined"
LARGEST_DIFFERENCE = 0.01
"""Of two segments where they overlap, over |Z|, above which they are said to disagree."""
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
    Parameter(
        name=SEGMENTS,
        type=str,
        default=SEPARATE,
        help="Whether sweeps that each continue near the end of the previous one are joined to one spectrum.",
        choices=(SEPARATE, JOINED),
        title="Segments of a sweep",
    ),
)


class JoinedSegments(InputDataset):
    """The segments of a sweep as one dataset, in the order of measurement."""

    count: int
    overlaps: tuple[Overlap, ...]


def read_spectrum_dataset(inputs: Inputs) -> InputDataset | None:
    """Return the dataset of the spectrum, None without data; segments of one sweep joined, if the parameter says so.

    Raises
    ------
    Refused
        If there are several datasets and none is selected; of segments of one sweep, with a button that joins them.
    """
    parts = inputs.datasets(PARTS)
    dataset = None if parts and _are_segments(parts) else inputs.dataset
    if dataset is not None:
        is_joined = inputs.parameter(SEGMENTS) == JOINED and _are_segments([dataset])
        return _joined([dataset]) if is_joined else dataset
    if not parts:
        return None
    if inputs.parameter(SEGMENTS) == JOINED:
        return _joined(parts)
    raise _in_segments(parts, "select one, or create a measurement for each")


def _segments(parts: Sequence[InputDataset]) -> list[dict[str, np.ndarray]]:
    """Return the columns of each segment: of each dataset, and of each stretch in the direction of its sweep."""
    columns = [{name: part.column(name) for name in COLUMNS} for part in parts]
    return [
        {name: column[rows] for name, column in part.items()}
        for part in columns
        for rows in split_where_it_goes_back(part[COLUMNS[0]])
    ]


def _are_segments(parts: Sequence[InputDataset]) -> bool:
    return are_segments([segment[COLUMNS[0]] for segment in _segments(parts)])


def _in_segments(parts: Sequence[InputDataset], otherwise: str) -> Refused:
    segments = _segments(parts)
    refused = Refused(
        "sweep-in-segments",
        "the data are {count} sweeps, each continuing near the end of the previous one (from {from_hz:.6g} Hz): join "
        "them if they are segments of one spectrum; otherwise {otherwise}",
        count=len(segments),
        from_hz=float(segments[1][COLUMNS[0]][0]),
        otherwise=otherwise,
    )
    return refused.offering(ParameterChange(SEGMENTS, JOINED, f"Join the {len(segments)} segments"))


def _joined(parts: Sequence[InputDataset]) -> JoinedSegments:
    segments = _segments(parts)
    together = {name: np.concatenate([segment[name] for segment in segments]) for name in COLUMNS}
    first = parts[0]
    joined = JoinedSegments(lambda: together, first._fact, first._header_names)
    frequency, real, imaginary = ([segment[name] for segment in segments] for name in COLUMNS)
    impedance = [real_ohm + 1j * imaginary_ohm for real_ohm, imaginary_ohm in zip(real, imaginary, strict=True)]
    joined.count, joined.overlaps = len(segments), overlaps(frequency, impedance)
    return joined


def segment_messages(dataset: InputDataset) -> tuple[Message, ...]:
    """Return that segments were joined, with a button that separates them, and where they disagree."""
    if not isinstance(dataset, JoinedSegments):
        return ()
    separate = ParameterChange(SEGMENTS, SEPARATE, "Do not join the segments")
    joined = Message(
        "segments-joined",
        "{count} sweeps are joined as segments of one spectrum; where they overlap, the points of both are used.",
        offers=(separate,),
        count=dataset.count,
    )
    return (joined, *(message for overlap in dataset.overlaps for message in _disagreement(overlap)))


def _disagreement(overlap: Overlap) -> tuple[Message, ...]:
    if overlap.difference is None or overlap.difference <= LARGEST_DIFFERENCE:
        return ()
    return (
        Message(
            "segments-differ",
            "Where two segments overlap, from {lowest_hz:.6g} to {highest_hz:.6g} Hz, they differ by up to "
            "{difference_percent:.2g} % of |Z|: check whether they belong to the same spectrum, or the cell changed "
            "in between.",
            "warning",
            lowest_hz=overlap.lowest_hz,
            highest_hz=overlap.highest_hz,
            difference_percent=100 * overlap.difference,
        ),
    )


def read_spectrum(inputs: Inputs, dataset: InputDataset) -> Spectrum:
    """Return the spectrum of a dataset within the frequency window, without the points to leave out.

    Raises
    ------
    InsufficientData
        As `analyses.impedance.spectrum.check_spectrum`.
    Refused
        If a point to leave out is not a frequency, or the data are segments of a sweep that are not joined.
    """
    try:
        return check_spectrum(
            *(dataset.column(name) for name in COLUMNS),
            lowest_frequency_hz=float(inputs.parameter("lowest_frequency_hz")),
            highest_frequency_hz=float(inputs.parameter("highest_frequency_hz")),
            left_out_hz=outlier_points.read_frequencies(str(inputs.parameter(outlier_points.LEFT_OUT))),
            is_joined=isinstance(dataset, JoinedSegments),
        )
    except InsufficientData as error:
        if error.code != CHANGES_DIRECTION or not _are_segments([dataset]):
            raise
        raise _in_segments([dataset], "narrow the frequency window to one of them") from error
