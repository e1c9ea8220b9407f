"""PANalytical .xrdml of a powder pattern: version 1.5, as an Empyrean writes it."""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

ENCODING = "utf-8"
LINE_END = "\r\n"
NAMESPACE = "http://www.xrdml.com/XRDMeasurement/1.5"
TEMPLATE = """\
<?xml version="1.0" encoding="UTF-8"?>
<xrdMeasurements xmlns="{namespace}" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" \
xsi:schemaLocation="{namespace} {namespace}/XRDMeasurement.xsd" status="Completed">
	<comment>
		<entry>Configuration=simulated, Owner=simulated, Creation date=01/01/2025 00:00:00</entry>
		<entry>Goniometer=simulated, not measured</entry>
		<entry>Sample stage=simulated</entry>
		<entry>Diffractometer system=simulated</entry>
		<entry>Measurement program=simulated, Identifier=simulated</entry>
		<entry>Batch program=simulated, Identifier=simulated</entry>
	</comment>
	<sample type="To be analyzed">
		<id></id>
		<name>{sample}</name>
		<preparedBy></preparedBy>
	</sample>
	<xrdMeasurement measurementType="Scan" status="Completed" sampleMode="Reflection">
		<comment>
			<entry/>
		</comment>
		<usedWavelength intended="K-Alpha">
			<kAlpha1 unit="Angstrom">1.5405980</kAlpha1>
			<kAlpha2 unit="Angstrom">1.5444260</kAlpha2>
			<kBeta unit="Angstrom">1.3922500</kBeta>
			<ratioKAlpha2KAlpha1>0.5000</ratioKAlpha2KAlpha1>
		</usedWavelength>
		<incidentBeamPath>
			<radius unit="mm">240.00</radius>
			<xRayTube id="0000000" name="simulated">
				<tension unit="kV">40</tension>
				<current unit="mA">40</current>
				<anodeMaterial>Cu</anodeMaterial>
				<focus type="Line">
					<length unit="mm">12.0</length>
					<width unit="mm">0.4</width>
					<takeOffAngle unit="deg">2.2</takeOffAngle>
				</focus>
			</xRayTube>
			<xRayMirror id="0000000" name="simulated" hybrid="false">
				<crystal type="Graded" shape="Elliptic">W/Si</crystal>
				<acceptanceAngle unit="deg">0.800</acceptanceAngle>
				<length unit="mm">55.3</length>
			</xRayMirror>
		</incidentBeamPath>
		<sampleOffset>
			<position axis="2Theta" unit="deg">0.0000</position>
			<position axis="Omega" unit="deg">0.0000</position>
		</sampleOffset>
		<diffractedBeamPath>
			<radius unit="mm">240.00</radius>
			<detector id="0000000" name="simulated" xsi:type="rtmsDetectorType">
				<phd>
					<lowerLevel unit="%">45.0</lowerLevel>
					<upperLevel unit="%">80.0</upperLevel>
				</phd>
				<mode>Scanning</mode>
				<activeLength unit="deg">2.1221</activeLength>
			</detector>
		</diffractedBeamPath>
		<scan appendNumber="0" mode="Continuous" scanAxis="Gonio" status="Completed">
			<header>
				<startTimeStamp>{started}</startTimeStamp>
				<endTimeStamp>{ended}</endTimeStamp>
				<author>
					<name>simulated</name>
				</author>
				<source>
					<applicationSoftware version="0">analyses.simulate</applicationSoftware>
					<instrumentControlSoftware version="0">simulated</instrumentControlSoftware>
					<instrumentID>0000000000000000</instrumentID>
				</source>
			</header>
			<dataPoints>
				<positions axis="2Theta" unit="deg">
					<startPosition>{first:.8f}</startPosition>
					<endPosition>{last:.8f}</endPosition>
				</positions>
				<positions axis="Omega" unit="deg">
					<startPosition>{half_first:.8f}</startPosition>
					<endPosition>{half_last:.8f}</endPosition>
				</positions>
				<commonCountingTime unit="seconds">15.240</commonCountingTime>
				<intensities unit="counts">{counts}</intensities>
			</dataPoints>
		</scan>
	</xrdMeasurement>
</xrdMeasurements>
"""


def xrdml(
    two_theta_degree: Array,
    counts: NDArray[np.int64],
    *,
    sample: str,
    started: str = "2025-03-03T09:00:00+00:00",
    ended: str = "2025-03-03T09:15:00+00:00",
) -> bytes:
    """Return the file of a pattern; ‘simulated’ is in the comments and in place of the instrument.

    Parameters
    ----------
    two_theta_degree : array
        At even steps; shape (points,) [°].
    counts : array
        Shape (points,).
    sample : str
        Name of the sample, without characters that XML reserves.
    started, ended : str, optional
        Date and time with an offset from UTC.
    """
    first, last = float(two_theta_degree[0]), float(two_theta_degree[-1])
    text = TEMPLATE.format(
        namespace=NAMESPACE,
        sample=sample,
        started=started,
        ended=ended,
        first=first,
        last=last,
        half_first=first / 2,
        half_last=last / 2,
        counts=" ".join(map(str, counts.tolist())),
    )
    return text.replace("\n", LINE_END).encode(ENCODING)
