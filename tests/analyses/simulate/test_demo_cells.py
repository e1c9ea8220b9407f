from analyses.simulate import demo_cells


def test_replicates_scatter_about_their_kind() -> None:
    for kind in (demo_cells.BARE, demo_cells.COATED):
        fades = [cell.fade_per_cycle for (of, _), cell in demo_cells.FULL_CELLS.items() if of == kind]
        assert len(fades) == demo_cells.REPLICATES
        assert all(abs(fade / demo_cells.FADE[kind] - 1) < 0.2 for fade in fades)


def test_one_of_four_symmetric_cells_has_a_short_circuit_before_the_end() -> None:
    shorted = [number for number, cell in demo_cells.SYMMETRIC_CELLS.items() if cell.short_h]
    assert shorted == [2]
    hours = demo_cells.SYMMETRIC_CELLS[2].short_h
    assert hours is not None
    assert hours < 2 * demo_cells.PLATED_CYCLES[2] * demo_cells.PLATING_H


def test_the_short_circuit_under_rising_current_is_after_the_critical_current_density() -> None:
    half = int((demo_cells.CRITICAL_CELL.short_h or 0.0) / demo_cells.PLATING_H)
    level = half // 2
    assert demo_cells.CRITICAL_DENSITIES_MA_CM2[level - 1] == demo_cells.CRITICAL_MA_CM2


def test_the_stages_of_the_cathode_are_all_of_it() -> None:
    assert abs(sum(stage.share for stage in demo_cells.STAGES) - 1) < 1e-9
