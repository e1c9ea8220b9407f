from analyses.unanswerable import Unanswerable


def test_is_told_apart_from_the_errors_of_the_numerics() -> None:
    assert issubclass(Unanswerable, ValueError)
    assert Unanswerable.__bases__ == (ValueError,)
