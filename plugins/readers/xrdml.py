"""PANalytical .xrdml: each scan of 2θ of each measurement, with its intensities.

The positions of a scan are listed, or evenly spaced from the first to the last. Intensities are counts, multiplied by
the attenuation of the beam where the file lists it, or counts per second. Files with a document type are refused: the
format has none, and its entities can be as large as an attacker likes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from xml.parsers import expat

import numpy as np
from numpy.typing import NDArray

from registry.contract.reader_support.tables.instrument_table import header_facts
from registry.contract.reader_support.time.clock_times import zone_messages
from registry.hookspecs import Message, ParsedDataset, Reader, UnreadableFile, hookimpl

CONTRACT_VERSION = 2

Array = NDArray[np.float64]

ROOT = b"<xrdMeasurements"
CHUNK_BYTES = 1 << 16
DEEPEST = 64
"""Levels of elements; the format has about ten."""
LONGEST_TEXT = 50_000_000
"""Characters of one element: a scan has at most some hundred thousand points."""
MOST_SCANS = 10_000
TWO_THETA = "2Theta"
DEGREE = "deg"
INTENSITIES = ("intensities", "counts")
COLUMNS: Mapping[str, str] = {"counts": "intensity_count", "cps": "intensity_count_per_second"}
"""By the unit of the intensities."""
WANTED = frozenset(
    {
        *("startPosition", "endPosition", "listPositions", "commonPosition", "commonCountingTime", *INTENSITIES),
        *("beamAttenuationFactors", "startTimeStamp", "anodeMaterial", "kAlpha1", "entry", "name", "id"),
        *("applicationSoftware", "instrumentControlSoftware"),
    }
)
"""Elements whose text is kept."""


@dataclass
class Scan:
    """Data of one scan in the file."""

    texts: dict[str, str] = field(default_factory=dict)
    """Of the elements in it, by name."""
    two_theta: dict[str, str] = field(default_factory=dict)
    """Of the elements of its positions of 2θ."""
    units: dict[str, str] = field(default_factory=dict)
    axes: list[str] = field(default_factory=list)
    attributes: Mapping[str, str] = field(default_factory=dict)


class ScanParser:
    """Collects the scans of a file while it is parsed."""

    def __init__(self) -> None:
        self.scans: list[Scan] = []
        self.facts: dict[str, str] = {}
        self.comments: list[str] = []
        self._path: list[str] = []
        self._scan: Scan | None = None
        self._axis = ""
        self._text: list[str] | None = None
        self._length = 0
        self._parser = expat.ParserCreate()
        self._parser.StartDoctypeDeclHandler = self._refuse_doctype
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._add

    def parse(self, path: Path) -> None:
        """Parse the file; raise UnreadableFile with the line of the first error."""
        try:
            with path.open("rb") as file:
                while chunk := file.read(CHUNK_BYTES):
                    self._parser.Parse(chunk, False)
            self._parser.Parse(b"", True)
        except expat.ExpatError as error:
            raise UnreadableFile(
                "invalid-xml",
                "line {line}: not XML ({reason}): the file is truncated or damaged; copy or export it again",
                line=error.lineno,
                reason=expat.ErrorString(error.code),
            ) from error

    def _refuse_doctype(self, *_: Any) -> None:
        raise UnreadableFile(
            "document-type",
            "line {line}: a document type declaration, which .xrdml files do not have: export the file again",
            line=self._parser.CurrentLineNumber,
        )

    def _start(self, name: str, attributes: Mapping[str, str]) -> None:
        plain = name.rpartition(":")[2]
        self._path.append(plain)
        if len(self._path) > DEEPEST:
            raise UnreadableFile(
                "nested-too-deep",
                "line {line}: elements nested more than {deepest} deep: this is not an .xrdml file",
                line=self._parser.CurrentLineNumber,
                deepest=DEEPEST,
            )
        if plain == "scan":
            self._begin_scan(attributes)
        elif plain == "positions" and self._scan:
            self._axis = attributes.get("axis", "")
            self._scan.axes.append(self._axis)
        if plain in WANTED:
            self._text, self._length = [], 0
            if self._scan and "unit" in attributes:
                self._scan.units[plain] = attributes["unit"]
        if plain == "positions" and self._scan and self._axis == TWO_THETA:
            self._scan.units[TWO_THETA] = attributes.get("unit", "")

    def _begin_scan(self, attributes: Mapping[str, str]) -> None:
        if len(self.scans) >= MOST_SCANS:
            raise UnreadableFile("too-many-scans", "the file has more than {most} scans: split it", most=MOST_SCANS)
        self._scan = Scan(attributes=dict(attributes))
        self.scans.append(self._scan)

    def _add(self, text: str) -> None:
        if self._text is None:
            return
        self._length += len(text)
        if self._length > LONGEST_TEXT:
            raise UnreadableFile(
                "element-too-long",
                "line {line}: the element ‘{name}’ has more than {most} characters: split the file",
                line=self._parser.CurrentLineNumber,
                name=self._path[-1],
                most=LONGEST_TEXT,
            )
        self._text.append(text)

    def _end(self, name: str) -> None:
        plain = self._path.pop()
        if self._text is not None and plain in WANTED:
            self._keep(plain, "".join(self._text).strip())
            self._text = None
        if plain == "positions":
            self._axis = ""
        elif plain == "scan":
            self._scan = None

    def _keep(self, name: str, text: str) -> None:
        parent = self._path[-1] if self._path else ""
        if name == "entry":
            self.comments.append(text)
        elif self._scan is None:
            self.facts.setdefault(f"sample {name}" if parent == "sample" else name, text)
        elif parent == "positions":
            if self._axis == TWO_THETA:
                self._scan.two_theta[name] = text
        elif parent != "author":
            self._scan.texts.setdefault(name, text)


def recognises(head: bytes, name: str) -> bool:
    """Return True for a text whose first element is that of the format."""
    text = head.replace(b"\x00", b"")
    return text.lstrip(b"\xef\xbb\xbf\xff\xfe").lstrip().startswith(b"<") and ROOT in text[:4096]


def read(path: Path) -> tuple[ParsedDataset, ...]:
    """Return each scan of 2θ as a dataset."""
    parser = ScanParser()
    parser.parse(path)
    scans = [(number, scan) for number, scan in enumerate(parser.scans, start=1) if TWO_THETA in scan.axes]
    if not scans:
        raise UnreadableFile(
            "no-scan-of-two-theta",
            "the file has {scans} scans, none with positions of 2θ: export a diffraction pattern",
            scans=len(parser.scans),
        )
    left = len(parser.scans) - len(scans)
    messages = [Message("scans-of-other-axes", "Not read: {count} scans of other axes.", count=left)] if left else []
    return tuple(
        _dataset(scan, number, parser, messages, label=f"scan {number}" if len(parser.scans) > 1 else "")
        for number, scan in scans
    )


def _dataset(scan: Scan, number: int, parser: ScanParser, messages: Sequence[Message], *, label: str) -> ParsedDataset:
    intensity, column, remarks = _intensity(scan, number)
    started = _start_time(scan.texts.get("startTimeStamp", ""))
    return ParsedDataset(
        "xrd",
        {"two_theta_degree": _two_theta(scan, number, intensity.size), column: intensity},
        _facts(scan, parser),
        label,
        (*messages, *remarks, *(zone_messages(started) if started else ())),
        start_time=started,
    )


def _intensity(scan: Scan, number: int) -> tuple[Array, str, list[Message]]:
    """Return the intensities, the column they are, and a message if they are multiplied by an attenuation."""
    name = next((name for name in INTENSITIES if name in scan.texts), "")
    if not name:
        raise UnreadableFile(
            "no-intensities", "scan {scan} has no intensities: the measurement did not finish", scan=number
        )
    unit = scan.units.get(name, "counts")
    if unit not in COLUMNS:
        raise UnreadableFile(
            "unknown-unit",
            "scan {scan}: the intensities are in ‘{unit}’, not in counts or cps: export the file again",
            scan=number,
            unit=unit[:40],
        )
    intensity = _numbers(scan.texts[name], "intensities", number)
    # The element `intensities` is corrected for the attenuation; `counts` are those of the detector.
    if name == "intensities" or "beamAttenuationFactors" not in scan.texts:
        return intensity, COLUMNS[unit], []
    factors = _numbers(scan.texts["beamAttenuationFactors"], "beam attenuation factors", number)
    _check_count(factors.size, intensity.size, "beam attenuation factors", number)
    message = Message("attenuation-corrected", "Counts are multiplied by the attenuation of the beam.")
    return intensity * factors, COLUMNS[unit], [message] if (factors != 1).any() else []


def _two_theta(scan: Scan, number: int, points: int) -> Array:
    """Return the position of each point [°]."""
    unit, positions = scan.units.get(TWO_THETA) or DEGREE, scan.two_theta
    if unit != DEGREE:
        raise UnreadableFile(
            "unknown-unit",
            "scan {scan}: 2θ is in ‘{unit}’, not in deg: export the file again",
            scan=number,
            unit=unit[:40],
        )
    if "listPositions" in positions:
        listed = _numbers(positions["listPositions"], "positions of 2θ", number)
        _check_count(listed.size, points, "positions of 2θ", number)
        return listed
    if not {"startPosition", "endPosition"} <= set(positions):
        raise UnreadableFile(
            "no-positions", "scan {scan}: no first and last position of 2θ, nor a list of them", scan=number
        )
    ends = [_numbers(positions[name], "positions of 2θ", number) for name in ("startPosition", "endPosition")]
    if any(end.size != 1 for end in ends):
        raise UnreadableFile(
            "no-positions", "scan {scan}: the first or last position of 2θ is not a number", scan=number
        )
    return np.linspace(float(ends[0][0]), float(ends[1][0]), points)


def _numbers(text: str, words: str, number: int) -> Array:
    fields = text.split()
    try:
        numbers = np.array(fields, dtype=np.float64)
    except ValueError:
        numbers = np.array([np.nan])
    if not fields or not np.isfinite(numbers).all():
        raise UnreadableFile(
            "cell-not-a-number",
            "scan {scan}: the {words} are not all finite numbers: the file is damaged; export it again",
            scan=number,
            words=words,
        )
    return numbers


def _check_count(count: int, points: int, words: str, number: int) -> None:
    if count != points:
        raise UnreadableFile(
            "ragged-rows",
            "scan {scan}: {count} {words} for {points} intensities: the file is damaged; export it again",
            scan=number,
            count=count,
            words=words,
            points=points,
        )


def _start_time(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _facts(scan: Scan, parser: ScanParser) -> dict[str, str]:
    system = next((text for text in parser.comments if text.startswith("Diffractometer system=")), "")
    time = scan.texts.get("commonCountingTime", "")
    return header_facts(
        instrument=system.partition("=")[2],
        software=scan.texts.get("applicationSoftware", ""),
        sample=parser.facts.get("sample name", "") or parser.facts.get("sample id", ""),
        anode=parser.facts.get("anodeMaterial", ""),
        wavelength=f"{parser.facts['kAlpha1']} Å (Kα1)" if parser.facts.get("kAlpha1") else "",
        scan=", ".join(filter(None, (scan.attributes.get("scanAxis", ""), scan.attributes.get("mode", "")))),
        counting_time=f"{time} s per point" if time else "",
        started=scan.texts.get("startTimeStamp", ""),
        comments="\n".join(filter(None, parser.comments)),
    )


@hookimpl
def register_readers() -> Sequence[Reader]:
    """Offer the patterns of PANalytical diffractometers."""
    return (
        Reader(
            name="xrdml",
            version="1.0.0",
            title="PANalytical diffraction pattern (.xrdml)",
            recognises=recognises,
            read=read,
        ),
    )
