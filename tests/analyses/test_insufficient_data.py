from analyses.insufficient_data import InsufficientData


def test_is_told_apart_from_the_errors_of_the_numerics() -> None:
    assert issubclass(InsufficientData, ValueError)
    assert InsufficientData.__bases__ == (ValueError,)
