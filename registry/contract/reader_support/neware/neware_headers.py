"""Column headers of Neware exports (BTSDA), in English and Chinese, in UTF-8 or GBK."""

from collections.abc import Mapping, Sequence

from registry.contract.reader_support.tables.instrument_table import split_header

NAMES = {
    "voltage": "voltage_volt",
    "电压": "voltage_volt",
    "current": "current_ampere",
    "电流": "current_ampere",
    "cycle index": "cycle_count",
    "循环号": "cycle_count",
    "step index": "step_index",
    "工步号": "step_index",
    "step number": "step_count",
    "工步序号": "step_count",
    "chg. cap.": "charging_capacity_ah",
    "充电容量": "charging_capacity_ah",
    "dchg. cap.": "discharging_capacity_ah",
    "放电容量": "discharging_capacity_ah",
    "chg. energy": "charging_energy_wh",
    "充电能量": "charging_energy_wh",
    "dchg. energy": "discharging_energy_wh",
    "放电能量": "discharging_energy_wh",
    "t1": "temperature_t1_celsius",
}
UNSIGNED = {
    "capacity": "charging_capacity_ah",
    "容量": "charging_capacity_ah",
    "energy": "charging_energy_wh",
    "能量": "charging_energy_wh",
}
"""Counters of a step without direction, which an export has next to, or in place of, those of charge and discharge."""
NEEDED = {"voltage_volt": "Voltage", "current_ampere": "Current"}
TIMES = {
    "cumulative time": "test_time_second",
    "total time": "test_time_second",
    "总时间": "test_time_second",
    "time": "step_time_second",
    "时间": "step_time_second",
}
DATES = ("date", "绝对时间")
RECORDS = ("datapoint", "数据序号", "记录序号")
"""Names of the record number, which distinguishes these exports from other tables."""
CYCLES = ("cycle index", "循环号")
STEPS = ("step index", "step number", "工步号", "工步序号")
STEP_TYPES = ("step type", "工步类型")
"""Names of the kind of a step, such as ‘CC DChg’ or ‘恒流放电’."""
CHINESE_STEPS = ("工步号", "工步序号", "工步类型")
"""Names that distinguish these exports even without a record number."""
DEGREE = "℃"


def decoded_header(content: bytes) -> tuple[str, str]:
    """Return the text of a header line and its encoding: UTF-8, GBK if it then has a name of Neware, else Latin-1."""
    try:
        return content.decode("utf-8-sig"), "utf-8"
    except UnicodeDecodeError:
        text = content.decode("gb18030", errors="replace")
    chinese = [name for name in (*NAMES, *UNSIGNED, *TIMES, *DATES, *RECORDS, DEGREE) if not name.isascii()]
    if any(name in text for name in chinese):
        return text, "gbk"
    return content.decode("latin-1"), "latin-1"


def decoded_cell(text: str) -> str:
    """Return the text of a cell that was read as Latin-1 in its own encoding, UTF-8 or GBK; other texts as they are."""
    try:
        content = text.encode("latin-1")
    except UnicodeEncodeError:
        return text
    try:
        return content.decode()
    except UnicodeDecodeError:
        return content.decode("gb18030", errors="replace")


def names_of(labels: Sequence[str]) -> list[str]:
    """Return the names of headers without their units, in lower case."""
    return [split_header(label)[0] for label in labels]


def column_names(labels: Sequence[str]) -> tuple[Mapping[str, str], bool]:
    """Return the names to be read, and whether the counters among them have no direction."""
    written = {NAMES.get(name, "") for name in names_of(labels)}
    is_unsigned = not written & {"charging_capacity_ah", "discharging_capacity_ah"}
    return ({**NAMES, **UNSIGNED} if is_unsigned else NAMES), is_unsigned


def is_record_header(labels: Sequence[str]) -> bool:
    """Return True if the headers are those of a table of records."""
    names = set(names_of(labels))
    return not names.isdisjoint((*RECORDS, *CHINESE_STEPS)) and not names.isdisjoint(CYCLES)


def is_outer_header(cycles: Sequence[str], steps: Sequence[str]) -> bool:
    """Return True if the headers are those of cycles and of steps in a nested table."""
    return not set(names_of(cycles)).isdisjoint(CYCLES) and not set(names_of(steps)).isdisjoint(STEPS)
