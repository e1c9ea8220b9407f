import pytest

from plugins.readers.plain_text import decoded, header_line, why_not_text


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "0 bytes"),
        (b"PK\x03\x04\x14\x00", "Excel workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "Excel workbook"),
        ("a,b".encode("utf-16"), "UTF-16"),
        (b"\x89PNG\r\n\x1a\n", "not text (byte 0x1a at position 7)"),
    ],
)
def test_says_why_a_file_is_no_text(content: bytes, words: str) -> None:
    assert words in why_not_text(content)


def test_lets_text_pass() -> None:
    assert why_not_text("µ,b\r\n1,2\n".encode()) == ""


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1"])
def test_decodes_a_micro_sign_in_each_encoding(encoding: str) -> None:
    assert decoded("Current / µA".encode(encoding))[0] == "Current / µA"


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_finds_the_first_line_below_blanks_and_comments(end: str) -> None:
    text = end.join(("# made by hand", "", "a,b", "1,2"))
    line, number, after = header_line(text)
    assert (line, number, text[after:]) == ("a,b", 3, "1,2")


def test_finds_no_line_in_blanks() -> None:
    assert header_line("\n  \n")[0] == ""
