"""Small files in the form of each instrument, made up here; numbers are chosen so that answers can be seen."""

import io
import struct
from pathlib import Path

import numpy as np
import xlsxwriter

from registry.sandbox.thumbnail import png

BIOLOGIC_SETTINGS = (
    "Electrode surface area : 0.001 cm²",
    "Characteristic mass : 0.001 g",
    "Device : SP-300 (SN 1)",
    "Acquisition started on : 05/15/2025 01:18:45.867",
    "fi                  7.000               ",
)


def biologic(
    technique: str,
    headers: str,
    rows: tuple[str, ...],
    *,
    program: str = "EC-Lab",
    settings: tuple[str, ...] = BIOLOGIC_SETTINGS,
) -> bytes:
    """Return an EC-Lab text; headers and fields are separated by spaces in the arguments, by tabs in the file."""
    above = ["", technique, "", *settings, ""]
    count = len(above) + 3
    head = headers.replace("_", " ").split("|")
    lines = [f"{program} ASCII FILE", f"Nb header lines : {count}   ", *above, "\t".join(head) + "\t"]
    lines += ["\t".join(row.split()) for row in rows]
    return "\r\n".join(lines).encode("latin-1")


PEIS = biologic(
    "Potentio Electrochemical Impedance Spectroscopy",
    "freq/Hz|Re(Z)/Ohm|-Im(Z)/Ohm|time/s|<Ewe>/V|<I>/mA|cycle_number|Cs/µF",
    (
        "1.0E+003 10.5 2.5 1.0 3.70 0.5 1.0 7",
        "1.0E+002 12.5 4.5 2.0 3.70 0.5 1.0 7",
        "1.0E+003 20.5 3.5 9.0 3.80 0.5 2.0 7",
        "1.0E+002 22.5 -1.5 9.5 3.80 0.5 2.0 7",
    ),
)
GCPL = biologic(
    "Galvanostatic Cycling with Potential Limitation",
    "Ns|time/s|Ewe/V|<I>/mA|cycle_number|Q_charge/mA.h|Q_discharge/mA.h",
    ("1 0.0 3.0 0.0 0 0 0", "1 3600.0 3.5 2.0 0 2.0 0", "2 7200.0 3.2 -1.0 0 0 1.0", "1 10800 3.6 2.0 1 2.0 0"),
)
MODULO = biologic(
    "Modulo Bat",
    "mode|Ns|cycle_number|time/s|Ecell/V|I/mA|freq/Hz|Re(Z)/Ohm|-Im(Z)/Ohm",
    (
        "1 0 0 0 3.0 1 0 0 0",
        "1 1 0 36 4.2 -1 0 0 0",
        "3 2 0 72 3.0 0 1000 20 5",
        "3 2 0 73 3.0 0 100 30 9",
        "1 0 1 74 3.0 1 0 0 0",
        "1 1 1 110 4.2 -1 0 0 0",
        "3 2 1 146 3.0 0 1000 22 5",
        "3 2 1 147 3.0 0 100 33 9",
    ),
)
GAMRY = (
    "EXPLAIN\nTAG\tEISPOT\nTITLE\tLABEL\tPotentiostatic EIS\tTest &Identifier\nDATE\tLABEL\t4/23/2018\tDate\n"
    "TIME\tLABEL\t16:43:15\tTime\nPSTAT\tPSTAT\tREF3000-1\tPotentiostat\n"
    "FREQINIT\tQUANT\t1.0E+003\tInitial Fre&q. (Hz)\n"
    "OCVCURVE\tTABLE\t1\n\tPt\tT\tVf\n\t#\ts\tV vs. Ref.\n\t0\t0.2\t-0.3\n"
    "ZCURVE\tTABLE\n\tPt\tTime\tFreq\tZreal\tZimag\tZphz\tVdc\n\t#\ts\tHz\tohm\tohm\t°\tV\n"
    "\t0\t1\t1000\t82.5\t-13.5\t-9\t-0.34\n\t1\t3\t100\t110\t-15\t-8\t-0.34\n"
)
GAMRY_ABORTED = GAMRY + "EXPERIMENTABORTED\tTOGGLE\tT\tExperiment Aborted\n"
GAMRY_TWO = GAMRY + GAMRY[GAMRY.index("ZCURVE") :].replace("\t82.5\t", "\t92.5\t")
GAMRY_CHRONOA = (
    "EXPLAIN\nTAG\tCHRONOA\nTITLE\tLABEL\tChronoamperometry Scan\tTest &Identifier\nDATE\tLABEL\t1/1/2020\tDate\n"
    "OCVCURVE\tTABLE\t1\n\tPt\tT\tVf\n\t#\ts\tV vs. Ref.\n\t0\t0.2\t-0.3\n"
    "CURVE\tTABLE\t3\n\tPt\tT\tVf\tIm\tOver\n\t#\ts\tV vs. Ref.\tmA\tbits\n"
    "\t0\t-1\t0.1\t0.5\t...........\n\t1\t0\t0.2\t1.5\t...........\n\t2\t1\t0.2\t-1.0\t...........\n"
)
ZPLOT = (
    "ZPLOT2 ASCII\n  Measured Data, ZPlot:       3.2c\n  Experiment Type:            Sweep Frequency\n"
    "  Date:                       10-12-2018\n  Time:                       12:32:21\n"
    "    Potential-AC:             10\n"
    "  Data Points:                2\n  Freq(Hz)\tAmpl\tBias\tTime(Sec)\tZ'(a)\tZ''(b)\tGD\tErr\tRange\nEnd Comments\n"
    "5.0E+04\t1E-02\t0\t2.59\t2.9E+01\t6.5E-01\t0\t0\t4\n1.0E+00\t1E-02\t0\t40.85\t7.5E+01\t-1.5E-01\t0\t0\t4\n"
)
ZPLOT_PLAIN = (
    '"ZPlotW Data File: Version 3.2c"\n"Raw Data"\nDate: 12-17-2019    Time: 16:24:35\n"Frequency"\n3\n'
    "\"  Freq(Hz)    Ampl     Bias   Time(Sec)   Z'(a)    Z''(b)    GD   Err   Range\"\n"
    "3.0E+05, 1E-02, 0, 2.58, 6.4E+02, -8.5E+01, 0, 0, 5\n3.0E+02, 1E-02, 0, 28.9, 1.3E+03, -1.9E+02, 0, 0, 5\n"
)
AUTOLAB = (
    '\ufeff"Z60W Data File: Version 1.1"\n""\n0,2,0,1,0.1,10000\n2\n'
    "\"  Freq (Hz)    Ampl     Bias   Time(Sec)   Z'(a)    Z''(b)    GD   Err   Range\"\n"
    "10000,0,0,0,0.0137,0.0071,0,0,0\n0.1,0,0,0,0.0345,-0.0039,0,0,0\n"
)
CHI = (
    "Feb. 20, 2020   15:55:08\nA.C. Impedance\nFile: c:\\run\nData Source:  Experiment\nInstrument Model:  CHI660E\n"
    "Header: \nNote: \n\nInit E (V) = 0\nImp SF\nAmplitude (V) = 0.025\n\n"
    "Freq/Hz, Z'/ohm, Z\"/ohm, Z/ohm, Phase/deg\n\n"
    "9.9e+4, 9.8e+1, -2.7e+0, 9.9e+1, -1.6\n1.0e-1, 5.6e+3, -1.5e+4, 1.6e+4, -70.3\n"
)
PARSTAT = (
    "Potential (V)\tCurrent (A)\tElapsed Time (s)\tFrequency (Hz)\tZre (ohms)\tZim (ohms)\t|Vac| (V)\t|Iac| (A)\t\n"
    "3.5\t-0.15\t10\t0\t0\t0\t0\t0\t\n3.4\t-0.15\t20\t0\t0\t0\t0\t0\t\n3.4\t0.02\t30\t1000\t0.0265\t-0.004\t0.1\t0.1\t\n"
)
POWERSUITE = "Frequency\t Zre\t Zimg\r\r\n0.1\t 423929.46\t -49014.063\r\r\n2000000\t -470.5\t -1397.7\r\r\n"
VERSASTUDIO = (
    "<Application>\nName=VersaStudio\nVersion=2.52\n</Application>\n\n<Instrument>\nType=VersaSTAT4\nModel=-400\nSN=16\n"
    "</Instrument>\n\n<Action1>\nName=Potentiostatic EIS\nAmplitude (mV RMS)=20\n</Action1>\n\n<Segment1>\nType=2\n"
    "Definition=Segment #, Point #, E(V), I(A), Elapsed Time(s), Frequency(Hz), Z Real, Z Imag, 0\n"
    "0,0,0.1,-3.2E-06,1.8,100000,55.3,4.5\n0,1,0.1,-3.2E-06,2.1,1,1516.3,-122.8\n</Segment1>\n\n<Graph1>\n</Graph1>\n"
)
NEWARE = (
    "DataPoint,Cycle Index,Step Index,Step Type,Time,Cumulative Time,Current(mA),Voltage(V),Chg. Cap.(mAh),"
    "DChg. Cap.(mAh),Date\n"
    "1,1,1,CC Chg,00:00:00,00:00:00,2,3.0,0,0,2022-05-18 16:27:52\n"
    "2,1,1,CC Chg,01:00:00,01:00:00,2,3.5,2,0,2022-05-18 17:27:52\n"
    "3,1,2,CC DChg,01:00:00,02:00:00,-1,3.2,0,1,2022-05-18 18:27:52\n"
    "4,2,3,CC Chg,98:00:01,100:00:01,2,3.6,2,0,2022-05-22 20:27:53\n"
)
NEWARE_CHINESE = (
    "数据序号,循环号,工步号,工步类型,时间,总时间,电流(mA),电压(V),充电容量(mAh),放电容量(mAh),绝对时间\n"
    "1,1,1,恒流充电,0:00:00,0:00:00,2,3.0,0,0,2022-05-18 16:27:52\n"
    "2,1,1,恒流充电,1:00:00,1:00:00,2,3.5,2,0,2022-05-18 17:27:52\n"
    "3,1,2,恒流放电,1:00:00,2:00:00,-1,3.2,0,1,2022-05-18 18:27:52\n"
    "4,2,3,恒流充电,98:00:01,4-04:00:01,2,3.6,2,0,2022-05-22 20:27:53\n"
)
NEWARE_NESTED = (
    "Cycle Index,Chg. Cap.(Ah),DChg. Cap.(Ah)\n,Step Index,Step Number,Step Type,Step Time\n"
    ",,DataPoint,Time,Total Time,Current(A),Voltage(V),Capacity(Ah),Energy(Wh),Date\n"
    "1,0.002,0.001,1,1,CC Chg,01:00:00\n"
    ",,1,00:00:00,00:00:00,0.002,3.0,0,0,2022-05-18 16:27:52\n"
    ",,2,01:00:00,01:00:00,0.002,3.5,0.002,0.0065,2022-05-18 17:27:52\n"
    ",2,2,CC DChg,01:00:00\n"
    ",,3,00:00:00,01:00:01,-0.001,3.4,0,0,2022-05-18 17:27:53\n"
    ",,4,01:00:00,02:00:01,-0.001,3.2,0.001,0.0033,2022-05-18 18:27:53\n"
    "2,0.002,0\n,1,3,CC Chg,01:00:00\n"
    ",,5,00:00:00,02:00:02,0.002,3.3,0,0,2022-05-18 18:27:54\n"
    ",,6,01:00:00,03:00:02,0.002,3.6,0.002,0.0069,2022-05-18 19:27:54\n"
)
ARBIN = (
    "Data_Point,Test_Time(s),Date_Time,Step_Time(s),Step_Index,Cycle_Index,Current(A),Voltage(V),Charge_Capacity(Ah),"
    "Discharge_Capacity(Ah),Internal_Resistance(Ohm)\n"
    "1,0,2010-09-27 14:12:48,0,1,1,0.002,3.0,0,0,\n2,3600,2010-09-27 15:12:48,3600,1,1,0.002,3.5,0.002,0,\n"
    "3,7200,2010-09-27 16:12:48,3600,2,1,-0.001,3.2,0.002,0.001,\n"
    "4,10800,2010-09-27 17:12:48,3600,1,2,0.002,3.6,0.002,0,\n"
)
ARBIN_PLAIN = (
    "Data_Point,Test_Time,DateTime,Step_Time,Step_Index,Cycle_Index,Current,Voltage,Charge_Capacity,Temperature\n"
    "0,10.5,1494645243.5,10.5,0,0,0.5,3.3,0.0,30.1\n1,20.5,1494645253.5,20.5,0,0,0.5,3.4,0.001,30.2\n"
)
MACCOR = (
    "Name:\trun.053\nChannel:\t53\nTester\tMaccor #4\nProcedure\tCT.000\nDescription\tcapacity test \x04\x03\n"
    "Started\t5/11/2021 3:40:24 PM\n\n"
    "Rec\tCycle P\tCycle C\tStep\tTestTime\tStepTime\tCap. [Ah]\tEner. [Wh]\tCurrent [A]\tVoltage [V]\tMd\tES\t"
    "DPT Time\n\n"
    "1\t0\t1\t1\t0.0\t0.0\t0.0\t0.0\t0.0\t3.0\tR\t0\t5/11/2021 3:40:24 PM\t\n"
    "2\t1\t1\t4\t60.0\t60.0\t0.002\t0.006\t0.002\t3.5\tC\t1\t5/11/2021 4:40:24 PM\t\n"
    "3\t1\t1\t5\t120.0\t60.0\t0.001\t0.003\t0.001\t3.2\tD\t1\t5/11/2021 5:40:24 PM\t\n"
    "4\t1\t2\t4\t180.0\t60.0\t0.002\t0.006\t0.002\t3.6\tC\t1\t5/11/2021 6:40:24 PM\n"
)
MACCOR_HASHED = (
    "Today's Date 05/12/2021\tDate of Test: 05/11/2021\n"
    "Rec#\tCyc#\tStep\tTest (Sec)\tStep (Sec)\tAmp-hr\tWatt-hr\tAmps\tVolts\tState\tES\tDPt Time\n"
    "1\t0\t1\t0.0\t0.0\t0.0\t0.0\t0.0\t3.0\tR\t0\t5/11/2021 3:40:24 PM\n"
    "2\t0\t2\t3600.0\t3600.0\t0.001\t0.003\t0.001\t3.2\tD\t1\t5/11/2021 4:40:24 PM\n"
)
BASYTEC = (
    "~Resultfile from Basytec Battery Test System\n~Name of Test: test\n~Testplan: plan.pln\n"
    "~Start of Test: 19.06.2023 17:56:53\n~\n"
    "~Time[h]\tDataSet\tt-Step[h]\tLine\tCommand\tU[V]\tI[A]\tAh-Cyc-Charge\tAh-Cyc-Discharge\tT1[�C]\tCyc-Count\n"
    "0\t1\t0\t3\tPause\t3.0\t0\t0\t0\t25.5\t1\n1\t2\t1\t4\tCharge\t3.5\t0.002\t0.002\t0\t25.5\t1\n"
    "2\t3\t1\t5\tDischarge\t3.2\t-0.001\t0.002\t0.001\t25.5\t1\n3\t4\t1\t4\tCharge\t3.6\t0.002\t0.002\t0\t25.5\t2\n"
)
NOVONIX = (
    "[Summary]\nNovonix UHPC data file\nNovonix\nChannel: 01\nCell: run\nMass (g): 1.000\nCapacity (Ah): 5\n"
    "Started: 2025-07-19 15:26:20\nVersion: 2.13.0\n[End Summary]\n[Protocol]\n{}\n[End Protocol]\n[Data]\n"
    "Date and Time,Cycle Number,Step Type,Run Time (h),Step Time (h),Current (A),Potential (V),Capacity (Ah),"
    "Temperature (°C),Energy (Wh),Step Number\n"
    "2025-07-19 15:26:20,1,7,0,0,0,3.0,0,24.5,0,1\n2025-07-19 16:26:20,1,7,1,1,0.002,3.5,0.002,24.5,0.007,1\n"
    "2025-07-19 17:26:20,1,8,2,1,0.001,3.5,0.003,24.5,0.0105,2\n"
    "2025-07-19 18:26:20,1,9,3,1,-0.001,3.2,0.002,24.5,0.0073,3\n"
    "2025-07-19 19:26:20,1,9,4,2,-0.001,3.0,0.001,24.5,0.0043,3\n"
)
MPR = b"BIO-LOGIC MODULAR FILE\x1a" + b" " * 25 + b"\x00" * 64


def write(directory: Path, content: str | bytes) -> Path:
    """Return a file without extension, as raw files are stored."""
    path = directory / "0123456789abcdef"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def workbook(sheets: dict[str, list[list[object]]]) -> bytes:
    """Return an Excel workbook."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
    return file.getvalue()


ARBIN_HEADS: list[object] = [
    "Date_Time", "Test_Time(s)", "Step_Index", "Cycle_Index", "Voltage(V)", "Current(A)", "Charge_Capacity(Ah)",
    "Discharge_Capacity(Ah)", "Internal Resistance(Ohm)",
]  # fmt: skip
ARBIN_ROWS: list[list[object]] = [
    ["", 0.5, 1, 1, 3.0, 0.002, 0, 0, ""],
    ["", 3600.5, 1, 1, 3.5, 0.002, 0.002, 0, ""],
    ["", 7200.5, 2, 1, 3.2, -0.001, 0.002, 0.001, ""],
]
ARBIN_INFO: list[list[object]] = [
    ["", "", "", "TEST REPORT"], ["Channel", "Schedule File Name", "Software Version"], [11, "slow.sdu", "PV7.0"],
]  # fmt: skip


def arbin_workbook() -> bytes:
    """Return a workbook of one channel on two pages."""
    return workbook(
        {
            "Global_Info": ARBIN_INFO,
            "Channel_11_1": [ARBIN_HEADS, *ARBIN_ROWS[:2]],
            "Channel_11_2": [ARBIN_HEADS, *ARBIN_ROWS[2:]],
        }
    )


def tiff(pixels: np.ndarray, *, per_unit: float = 0.0, unit: int = 1, description: str = "", taken: str = "") -> bytes:
    """A TIFF of one page, uncompressed, with resolution tags if `per_unit` is given (unit 2 inch, 3 centimetre)."""
    height, width = pixels.shape
    data = pixels.astype(pixels.dtype.newbyteorder("<")).tobytes()
    start = 8 + len(data)
    long, short, text, ratio = 4, 3, 2, 5
    texts = [(tag, f"{words}\0".encode().ljust(8, b"\0")) for tag, words in ((270, description), (306, taken)) if words]
    tags: list[tuple[int, int, int, bytes]] = [
        (256, long, 1, struct.pack("<I", width)),
        (257, long, 1, struct.pack("<I", height)),
        (258, short, 1, struct.pack("<I", 8 * pixels.dtype.itemsize)),
        (259, short, 1, struct.pack("<I", 1)),
        (262, short, 1, struct.pack("<I", 1)),
        (273, long, 1, struct.pack("<I", 8)),
        (277, short, 1, struct.pack("<I", 1)),
        (278, long, 1, struct.pack("<I", height)),
        (279, long, 1, struct.pack("<I", len(data))),
        (296, short, 1, struct.pack("<I", unit)),
        *((tag, text, len(words), words) for tag, words in texts),
    ]
    if per_unit:
        fraction = struct.pack("<II", round(per_unit * 1000), 1000)
        tags += [(282, ratio, 1, fraction), (283, ratio, 1, fraction)]
    tags.sort()
    beyond, entries = b"", b""
    after = start + 2 + 12 * len(tags) + 4
    for tag, kind, count, value in tags:
        is_inline = len(value) <= 4
        entries += struct.pack("<HHI", tag, kind, count)
        entries += value if is_inline else struct.pack("<I", after + len(beyond))
        beyond += b"" if is_inline else value
    return b"II*\0" + struct.pack("<I", start) + data + struct.pack("<H", len(tags)) + entries + bytes(4) + beyond


GREY = np.arange(48, dtype=np.uint8).reshape(6, 8) * 5
SEM = tiff(GREY.astype(np.uint16) * 257, per_unit=200_000.0, unit=3, taken="2024:03:05 09:30:00")

XRDML = """\
<?xml version="1.0" encoding="UTF-8"?>
<xrdMeasurements xmlns="http://www.xrdml.com/XRDMeasurement/1.5" status="Completed">
 <comment><entry>Diffractometer system=EMPYREAN</entry></comment>
 <sample type="To be analyzed"><id>7</id><name>powder</name></sample>
 <xrdMeasurement measurementType="Scan" status="Completed">
  <usedWavelength intended="K-Alpha"><kAlpha1 unit="Angstrom">1.5405980</kAlpha1></usedWavelength>
  <incidentBeamPath><xRayTube><anodeMaterial>Cu</anodeMaterial></xRayTube></incidentBeamPath>
  <scan appendNumber="0" mode="Continuous" scanAxis="Gonio" status="Completed">
   <header>
    <startTimeStamp>2020-11-06T18:09:37+00:00</startTimeStamp>
    <author><name>Curie</name></author>
   </header>
   <dataPoints>
    <positions axis="2Theta" unit="deg"><startPosition>10</startPosition><endPosition>12</endPosition></positions>
    <positions axis="Omega" unit="deg"><startPosition>5</startPosition><endPosition>6</endPosition></positions>
    <commonCountingTime unit="seconds">15.240</commonCountingTime>
    <intensities unit="counts">100 140 220 130 90</intensities>
   </dataPoints>
  </scan>
 </xrdMeasurement>
</xrdMeasurements>
"""
TEXTS: dict[str, tuple[str, str]] = {
    "gamry": ("gamry-dta", GAMRY),
    "gamry, aborted": ("gamry-dta", GAMRY_ABORTED),
    "gamry, two curves": ("gamry-dta", GAMRY_TWO),
    "gamry, chronoamperometry": ("gamry-dta", GAMRY_CHRONOA),
    "zplot": ("zplot", ZPLOT),
    "zplot without comments": ("zplot", ZPLOT_PLAIN),
    "autolab": ("zplot", AUTOLAB),
    "ch instruments": ("ch-instruments", CHI),
    "parstat": ("parstat", PARSTAT),
    "powersuite": ("powersuite", POWERSUITE),
    "versastudio": ("versastudio", VERSASTUDIO),
    "neware csv": ("neware-csv", NEWARE),
    "neware csv, chinese": ("neware-csv", NEWARE_CHINESE),
    "neware csv, nested": ("neware-csv", NEWARE_NESTED),
    "arbin csv": ("arbin-csv", ARBIN),
    "arbin csv without units": ("arbin-csv", ARBIN_PLAIN),
    "maccor": ("maccor", MACCOR),
    "maccor, hashed": ("maccor", MACCOR_HASHED),
    "basytec": ("basytec", BASYTEC),
    "novonix": ("novonix", NOVONIX),
    "xrdml": ("xrdml", XRDML),
    "declared": ("declared-csv", "test_time_second,voltage_volt,current_ampere\n0,1,2\n1,2,3\n"),
}
SAMPLES: dict[str, tuple[str, bytes]] = {
    **{name: (reader, text.encode()) for name, (reader, text) in TEXTS.items()},
    "neware csv, gbk": ("neware-csv", NEWARE_CHINESE.encode("gbk")),
    "biologic, impedance": ("biologic-mpt", PEIS),
    "biologic, cycling": ("biologic-mpt", GCPL),
    "biologic, cycling and impedance": ("biologic-mpt", MODULO),
    "biologic binary": ("biologic-mpr-unread", MPR),
    "arbin workbook": ("arbin-xlsx", arbin_workbook()),
    "plain workbook": (
        "workbook",
        workbook({"EIS": [["f / Hz", "|Z| / Ω", "-Phase / °"], [1000.0, 10.0, 20.0], [100.0, 12.0, 30.0]]}),
    ),
    "neware workbook": ("neware-xlsx", workbook({"record": [line.split(",") for line in NEWARE.splitlines()]})),
    "tiff": ("picture", SEM),
    "png": ("picture", png(GREY)),
}
"""Samples by name: the reader that recognises it, and its bytes."""
