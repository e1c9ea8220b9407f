"""Numbers as EC-Lab and BT-Lab write them, with exponents of three digits."""


def single(number: float) -> str:
    """Return a number of single precision: `7.0000185E+006`.

    Examples
    --------
    >>> single(7000018.5)
    '7.0000185E+006'
    """
    return _with_three_digits(f"{number:.7E}")


def double(number: float) -> str:
    """Return a number of double precision: `4.709477316966513E+000`.

    Examples
    --------
    >>> double(0.25)
    '2.500000000000000E-001'
    """
    return _with_three_digits(f"{number:.15E}")


def _with_three_digits(text: str) -> str:
    digits, exponent = text.split("E")
    return f"{digits}E{exponent[0]}{int(exponent[1:]):03d}"
