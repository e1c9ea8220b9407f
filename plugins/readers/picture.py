"""Pictures: PNG, TIFF and JPEG of microscopes and cameras, as grey levels in the bit depth of the file.

Colours become grey levels: one of three equal channels, otherwise the luminance, with a message; thumbnails keep them.
A JPEG file is turned as its camera was held, and its date is that of the photograph. The size of a pixel is
that of a TIFF whose description by ImageJ names a unit of length, or whose resolution tags, per inch or per centimetre,
are finer than any printer's. Other resolutions (72, 300 dots per inch) are for printing, and the size stays unknown.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np

from registry.contract.reader_support.tables.instrument_table import header_facts
from registry.contract.reader_support.time.clock_times import zone_messages
from registry.hookspecs import Image, Message, ParsedDataset, Reader, UnreadableFile, hookimpl

CONTRACT_VERSION = 2

STARTS = (b"\x89PNG\r\n\x1a\n", b"II*\x00", b"MM\x00*", b"\xff\xd8\xff")
FORMATS = ("PNG", "TIFF", "JPEG")
MOST_PAGES = 1000
DESCRIPTION, SOFTWARE, DATE_TIME, X_RESOLUTION, Y_RESOLUTION, RESOLUTION_UNIT = 270, 305, 306, 282, 283, 296
"""Tags of TIFF."""
ORIENTATION, OF_CAMERA, TAKEN = 274, 34665, 36867
"""Tags of EXIF: how the camera was held, the tags of the camera, and when it took the picture."""
UM_PER_UNIT = {2: 25_400.0, 3: 10_000.0}
"""Inch and centimetre, as the tag of the unit numbers them."""
LARGEST_PHYSICAL_UM = 2.5
"""A pixel larger than this may come from the resolution of a printer or a scanner, of up to 9600 dots per inch."""
UM_PER_IMAGEJ_UNIT = {
    "nm": 1e-3, "micron": 1.0, "microns": 1.0, "um": 1.0, "µm": 1.0, "μm": 1.0, r"\u00B5m": 1.0, "mm": 1e3, "cm": 1e4,
}  # fmt: skip
IMAGEJ_UNIT = re.compile(r"^unit=(.+)$", re.MULTILINE)
GREY_MODES = {"1", "L", "I", "F", "I;16", "I;16L", "I;16B", "I;16N"}


def recognises(head: bytes, name: str) -> bool:
    """Return True for a file that begins as PNG, TIFF and JPEG do."""
    return head.startswith(STARTS)


def read(path: Path) -> tuple[ParsedDataset, ...]:
    """Return each page of the file as an image."""
    import PIL.Image

    try:
        with PIL.Image.open(path, formats=FORMATS) as picture:
            return tuple(_datasets(picture))
    except UnreadableFile:
        raise
    except PIL.Image.DecompressionBombError as error:
        raise UnreadableFile(
            "too-many-pixels", "the file has too many pixels ({reason}): crop it or reduce its size", reason=str(error)
        ) from error
    except MemoryError:
        raise
    # The library raises whatever a damaged file leads to.
    except Exception as error:
        reason = " ".join(str(error).split())[:200].replace(str(path), "it") or type(error).__name__
        raise UnreadableFile(
            "unreadable-picture", "the file cannot be read ({reason}): copy or export it again", reason=reason
        ) from error


def _datasets(picture: Any) -> Iterator[ParsedDataset]:
    pages = getattr(picture, "n_frames", 1)
    if pages > MOST_PAGES:
        raise UnreadableFile(
            "too-many-pages", "the file has {pages} pages, more than {most}: split it", pages=pages, most=MOST_PAGES
        )
    for page in range(pages):
        picture.seek(page)
        upright = _turned(picture)
        pixels, colours, remarks = _levels(upright)
        size, unknown = _pixel_size(picture)
        if size and upright.size != picture.size:
            size = size[1], size[0]
        label = f"page {page + 1}" if pages > 1 else ""
        taken = _start_time(picture)
        yield ParsedDataset(
            "",
            header=_facts(picture),
            label=label,
            messages=(*remarks, *unknown, *(zone_messages(taken) if taken else ())),
            start_time=taken,
            image=Image(pixels=pixels, pixel_size_um=size, colours=colours),
        )


def _turned(picture: Any) -> Any:
    """Return a photograph as its camera was held; other pictures as they are stored."""
    import PIL.ImageOps

    is_turned = picture.format == "JPEG" and picture.getexif().get(ORIENTATION, 1) != 1
    return PIL.ImageOps.exif_transpose(picture) if is_turned else picture


def _levels(picture: Any) -> tuple[np.ndarray, np.ndarray | None, list[Message]]:
    """Return grey levels of shape (rows, columns), colours of shape (rows, columns, 3) and a message if it has any."""
    if picture.mode in GREY_MODES:
        return _of_own_type(np.array(picture)), None, []
    if picture.mode not in {"LA", "La", "P", "PA", "RGB", "RGBA", "RGBX", "RGBa", "CMYK", "YCbCr"}:
        raise UnreadableFile(
            "unknown-picture-mode",
            "images of the mode {mode} are not supported: save it in greyscale",
            mode=picture.mode,
        )
    colours = np.array(picture.convert("RGB"))
    if (colours == colours[..., :1]).all():
        return np.ascontiguousarray(colours[..., 0]), None, []
    grey = np.array(picture.convert("RGB").convert("L"))
    return grey, colours, [Message("colour-picture", "The image is in colour: read as grey levels (luminance).")]


def _of_own_type(pixels: np.ndarray) -> np.ndarray:
    """Return levels of 1 bit as numbers, and those that fit in 16 bits as such: the library widens 16-bit PNG."""
    if pixels.dtype == bool:
        return pixels.astype(np.uint8)
    if pixels.dtype == np.int32 and pixels.min() >= 0 and pixels.max() <= np.iinfo(np.uint16).max:
        return pixels.astype(np.uint16)
    return pixels


def _tags(picture: Any) -> Any:
    return getattr(picture, "tag_v2", {})


def _facts(picture: Any) -> dict[str, str]:
    tags = _tags(picture)
    width, height = picture.size
    return header_facts(
        format=str(picture.format),
        pixels=f"{width} × {height}, {picture.mode}",
        software=str(tags.get(SOFTWARE, "")),
        description=str(tags.get(DESCRIPTION, "")),
        started=str(tags.get(DATE_TIME, "")),
        resolution=_resolution_text(tags),
    )


def _start_time(picture: Any) -> datetime | None:
    """Return when the image was taken; TIFF and cameras have one format for it."""
    try:
        return datetime.strptime(_taken(picture).strip("\0 "), "%Y:%m:%d %H:%M:%S")
    except ValueError:
        return None


def _taken(picture: Any) -> str:
    """The time of a photograph by its camera, which later edits leave; else that of the file."""
    if picture.format != "JPEG":
        return str(_tags(picture).get(DATE_TIME, ""))
    tags = picture.getexif()
    return str(tags.get_ifd(OF_CAMERA).get(TAKEN) or tags.get(DATE_TIME, ""))


def _resolution_text(tags: Any) -> str:
    if X_RESOLUTION not in tags:
        return ""
    unit = {2: "inch", 3: "cm"}.get(tags.get(RESOLUTION_UNIT), "unit")
    return f"{float(tags[X_RESOLUTION]):g} × {float(tags.get(Y_RESOLUTION, 0)):g} pixels per {unit}"


def _pixel_size(picture: Any) -> tuple[tuple[float, float] | None, list[Message]]:
    """Return width and height of a pixel in µm, or None with the reason."""
    tags = _tags(picture)
    if X_RESOLUTION not in tags or Y_RESOLUTION not in tags:
        return None, [Message("pixel-size-unknown", "Pixel size unknown: the file has no resolution tags.")]
    per_unit = float(tags[X_RESOLUTION]), float(tags[Y_RESOLUTION])
    imagej = _imagej_unit_um(str(tags.get(DESCRIPTION, "")))
    unit_um = imagej or UM_PER_UNIT.get(tags.get(RESOLUTION_UNIT), 0.0)
    if not unit_um or not min(per_unit) > 0 or not np.isfinite(per_unit).all():
        return None, [Message("pixel-size-unknown", "Pixel size unknown: the resolution tags have no unit of length.")]
    width, height = unit_um / per_unit[0], unit_um / per_unit[1]
    if not imagej and max(width, height) > LARGEST_PHYSICAL_UM:
        return None, [
            Message(
                "pixel-size-unknown",
                "Pixel size unknown: the resolution tag ({resolution}) is a print resolution.",
                resolution=_resolution_text(tags),
            )
        ]
    return (width, height), []


def _imagej_unit_um(description: str) -> float:
    """Return the unit of length in µm that ImageJ names in its description, 0 if there is none."""
    unit = IMAGEJ_UNIT.search(description) if description.startswith("ImageJ=") else None
    return UM_PER_IMAGEJ_UNIT.get(unit[1].strip(), 0.0) if unit else 0.0


@hookimpl
def register_readers() -> Sequence[Reader]:
    """Offer images."""
    return (
        Reader(
            name="picture",
            version="1.2.0",
            title="Picture (PNG, TIFF, JPEG)",
            recognises=recognises,
            read=read,
        ),
    )
