from analyses.coded_text import CodedError
from analyses.insufficient_data import InsufficientData


def test_is_distinct_from_numerical_errors() -> None:
    assert issubclass(InsufficientData, ValueError)
    assert InsufficientData.__bases__ == (CodedError, ValueError)
