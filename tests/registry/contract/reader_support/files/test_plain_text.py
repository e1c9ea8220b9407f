from pathlib import Path

import pytest

from registry.contract.reader_support.files.plain_text import (
    HEAD_BYTES,
    decoded,
    file_head,
    first_line,
    lines,
    text_problem,
)


@pytest.mark.parametrize(
    ("content", "code", "parameters"),
    [
        (b"", "empty-file", {}),
        (b"PK\x03\x04\x14\x00", "excel-workbook", {}),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "excel-workbook", {}),
        ("a,b".encode("utf-16"), "utf-16-text", {}),
        (b"\x89PNG\r\n\x1a\n", "not-a-text-file", {"byte": 0x1A, "position": 7}),
    ],
)
def test_explains_why_a_file_is_not_text(content: bytes, code: str, parameters: dict[str, int]) -> None:
    problem = text_problem(content)
    assert (problem.code, problem.parameters) == (code, parameters)


def test_accepts_text() -> None:
    assert text_problem("µ,b\r\n1,2\n".encode()) is None


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1"])
def test_decodes_a_micro_sign_in_each_encoding(encoding: str) -> None:
    assert decoded("Current / µA".encode(encoding))[0] == "Current / µA"


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_finds_the_first_line_below_blanks_and_comments(end: str) -> None:
    content = end.join(("# made by hand", "", "a,b", "1,2")).encode()
    line = first_line(content)
    assert line is not None
    assert (line.text, line.number, content[line.after :]) == ("a,b", 3, b"1,2")


def test_finds_no_line_in_blanks() -> None:
    assert first_line(b"\n  \n") is None


def test_a_byte_order_mark_is_not_part_of_a_line() -> None:
    (line,) = lines(b"\xef\xbb\xbf1,2\n")
    assert (line.text, line.start, line.after) == ("1,2", 3, 7)


def test_reads_complete_lines_of_a_long_file(tmp_path: Path) -> None:
    path = tmp_path / "long.txt"
    path.write_bytes(b"0123456789\n" * (HEAD_BYTES // 10))
    content = file_head(path)
    assert content.endswith(b"9\n")
    assert HEAD_BYTES - 11 <= len(content) <= HEAD_BYTES


def test_gbk_is_decoded_where_columns_have_chinese_names() -> None:
    text = "样品：一\n循环序号\t电压/V\n"
    assert decoded(text.encode("gbk")) == (text, "gbk")
    assert [line.text for line in lines(text.encode("gbk"), "gbk")] == text.splitlines()
    assert decoded("样品".encode("gbk"))[1] == "latin-1"
