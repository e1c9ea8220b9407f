"""What the files of an instrument have in common: the keys of their header in order, columns, line ends, encoding."""

import io
import json
import re
from pathlib import Path
from typing import Any

SAMPLES = Path(__file__).parents[5] / "shared" / "data"
ELEMENT, ATTRIBUTE = re.compile(r"(\t*)<(/?[\w?]+)((?:\s[^>]*)?)"), re.compile(r"([\w:]+)=")
PLANAR = 284
"""A tag that libtiff writes although it has its default value."""
DEFLATE = (8, 32946)
"""Numbers of the same compression in TIFF."""
STORED = Path(__file__).parents[3] / "data" / "instrument_files" / "fingerprints.json"


def real_files(name: str) -> list[Path]:
    """Return the file of a real instrument, or nothing where it is not at hand."""
    path = SAMPLES / name
    return [path] if path.exists() else []


def stored(name: str) -> dict[str, Any]:
    """Return the stored fingerprint of the file of a real instrument."""
    fingerprint: dict[str, Any] = json.loads(STORED.read_text(encoding="utf-8"))[name]
    return fingerprint


def line_ends(content: bytes) -> str:
    """Return how lines end: `crlf`, `lf` or `mixed`."""
    crlf, lf = content.count(b"\r\n"), content.count(b"\n")
    return "crlf" if crlf == lf and lf else "lf" if not crlf else "mixed"


def eclab(content: bytes, encoding: str = "latin-1") -> dict[str, Any]:
    """Return the fingerprint of a text of EC-Lab or BT-Lab."""
    lines = content.decode(encoding).split("\n")
    count = int(lines[1].split(":")[1])
    keys = [_eclab_key(line) for line in lines[: count - 1]]
    columns = lines[count - 1].split("\t")
    return {"keys": keys, "columns": columns, "fields": len(lines[count].split("\t")), "ends": line_ends(content)}


def _eclab_key(line: str) -> str:
    """Return what a line of the header names: the text before its colon, or the first 20 characters of a setting."""
    if line.startswith("\t"):
        return line.strip().split(" : ")[0].split(" = ")[0].rstrip(" :")
    return re.split(r" : | :$", line)[0] if " :" in line else line[:20].strip()


def gamry(content: bytes) -> dict[str, Any]:
    """Return the fingerprint of a text of Gamry: keys with their types and words, and the heads of tables."""
    keys: list[str] = []
    lines = content.decode("latin-1").split("\n")
    for index, line in enumerate(lines):
        fields = line.split("\t")
        if fields[1:2] == ["TABLE"]:
            keys += [fields[0], *lines[index + 1 : index + 3]]
        elif fields[0]:
            keys.append(f"{fields[0]} {fields[1] if fields[1:] else ''} {fields[-1] if fields[3:] else ''}".strip())
    rows = len(lines[-2].split("\t"))
    return {"keys": keys, "columns": [], "fields": rows, "ends": line_ends(content)}


def table(content: bytes) -> dict[str, Any]:
    """Return the fingerprint of a table separated by commas."""
    lines = content.decode("ascii").split("\n")
    return {"keys": [], "columns": lines[0].split(","), "fields": len(lines[1].split(",")), "ends": line_ends(content)}


def xrdml(content: bytes) -> dict[str, Any]:
    """Return the fingerprint of an .xrdml: its elements in order, with depth and names of attributes."""
    lines = re.split(r"\r?\n", content.decode("utf-8"))
    matches = [ELEMENT.match(line) for line in lines]
    keys = [" ".join([str(len(item[1])), item[2], *ATTRIBUTE.findall(item[3])]) for item in matches if item]
    return {"keys": keys, "columns": [], "fields": 0, "ends": line_ends(content)}


def tiff(content: bytes) -> dict[str, Any]:
    """Return the fingerprint of a TIFF: its tags in order, byte order, and how it is compressed."""
    import PIL.Image

    with PIL.Image.open(io.BytesIO(content), formats=["TIFF"]) as picture:
        tags: Any = picture.tag_v2  # type: ignore[attr-defined]
        keys = [str(tag) for tag in sorted(tags) if tag != PLANAR]
        is_deflated = int(tags[259] in DEFLATE)
        return {"keys": keys, "columns": [picture.mode], "fields": is_deflated, "ends": content[:2].decode()}
