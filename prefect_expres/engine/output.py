"""Write the result as a CDF file with the variables that ExPRES writes.

The global attributes say plainly that the file comes from this engine and not from ExPRES.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from cdflib.cdfwrite import CDF

from prefect_expres.engine.lanes import Lane
from prefect_expres.engine.variables import (
    Simulation,
    Variable,
    hemisphere_label,
    variables,
)
from prefect_expres.expres.result_name import (
    field_model,
    first_source,
    source_energy,
    source_origin,
    source_type,
    source_width,
)

DATA_VERSION = "14"
ENGINE = "prefect-expres engine"
CREDIT = (
    "Computed by the prefect-expres engine, NOT by ExPRES: a model of the same emission. For "
    "science, run the configuration on the ExPRES service of the MASER team (Louis et al. 2019, "
    "A&A 627, A30)."
)


def write_cdf(simulation: Simulation, directory: Path) -> Path:
    """Write the file under a temporary name, then rename it.

    Args:
        simulation: What is written.
        directory: Where to; made if it is missing.

    Returns:
        The path of the file.
    """
    directory.mkdir(parents=True, exist_ok=True)
    target = directory / f"{simulation.name}.cdf"
    part = directory / f".{simulation.name}.part.cdf"
    part.unlink(missing_ok=True)
    try:
        file = CDF(part, cdf_spec={"Majority": "row_major", "Encoding": 6, "Checksum": True})
        file.write_globalattrs(_global_attributes(simulation))
        for variable in variables(simulation):
            _write_variable(file, variable)
        file.close()
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
    return target


def _write_variable(file: CDF, variable: Variable) -> None:
    values = np.asarray(variable.values)
    spec: dict[str, Any] = {
        "Variable": variable.name,
        "Data_Type": variable.kind,
        "Num_Elements": 1,
        "Rec_Vary": variable.records,
        "Dim_Sizes": list(values.shape[1:] if variable.records else values.shape),
        "Compress": 0,
    }
    if variable.kind == CDF.CDF_CHAR:
        spec["Num_Elements"] = max(len(text) for text in variable.values)
        values = np.asarray([text.ljust(spec["Num_Elements"]) for text in variable.values])
    file.write_var(spec, var_attrs=_variable_attributes(variable), var_data=values)


def _variable_attributes(variable: Variable) -> dict[str, Any]:
    attributes: dict[str, Any] = {
        "CATDESC": variable.about,
        "FIELDNAM": variable.name,
        "VAR_TYPE": variable.role,
    }
    if variable.kind != CDF.CDF_CHAR:
        attributes |= {"LABLAXIS": variable.name, "UNITS": variable.units, "SCALETYP": "linear"}
    if variable.fill is not None:
        attributes["FILLVAL"] = [variable.fill, _type_name(variable.kind)]
    if variable.records and variable.name != "Epoch":
        attributes["DEPEND_0"] = "Epoch"
        shown = "spectrogram" if "Frequency" in variable.depends else "time_series"
        attributes["DISPLAY_TYPE"] = shown
    for index, axis in enumerate(variable.depends, 1):
        attributes[f"DEPEND_{index}"] = axis
        attributes[f"LABL_PTR_{index}"] = "Freq_Label" if axis == "Frequency" else axis
    return attributes


def _type_name(kind: int) -> str:
    names = {CDF.CDF_REAL4: "CDF_REAL4", CDF.CDF_INT2: "CDF_INT2"}
    return names.get(kind, "CDF_TIME_TT2000")


def _global_attributes(simulation: Simulation) -> dict[str, dict[int, Any]]:
    """Build the file's attributes, ISTP-like, and one entry a source of SRP_Source_*."""
    configuration, first = simulation.configuration, first_source(simulation.configuration)
    observer = configuration.observer.sc or "Earth"
    planet = configuration.observer.parent
    kind = f"{observer}_{planet}_{source_origin(first)}".lower()
    beam = f"{source_type(first)}-{source_width(first)}_{source_energy(first).lower()}"
    entries: dict[str, Sequence[str]] = {
        "Project": ["prefect-expres"],
        "Source_name": ["prefect-expres engine"],
        "Discipline": ["Space Physics>Magnetospheric Science"],
        "Data_type": [kind],
        "Descriptor": [f"{field_model(configuration, first).lower()}_{beam}"],
        "Data_version": [DATA_VERSION],
        "Instrument_type": ["Model"],
        "Logical_source": [f"expres_{kind}"],
        "Logical_file_id": [simulation.name],
        "Logical_source_description": [
            f"{planet} {source_origin(first)} radio emission, {observer}, by the {ENGINE}"
        ],
        "TEXT": [CREDIT],
        "Rules_of_use": ["For tests and previews; do not publish as an ExPRES result."],
        "Generated_by": [f"{ENGINE}, not ExPRES"],
        "Generation_date": [datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S")],
        "PDS_start_time": [f"{simulation.moments[0]:%Y-%m-%dT%H:%M:%S}"],
        "PDS_stop_time": [f"{simulation.moments[-1]:%Y-%m-%dT%H:%M:%S}"],
        "PDS_Observation_target": [planet],
        "PDS_Observation_type": ["radio simulations"],
        **_source_attributes(simulation.lanes),
    }
    return {name: dict(enumerate(texts)) for name, texts in entries.items()}


def _source_attributes(lanes: Sequence[Lane]) -> dict[str, Sequence[str]]:
    sources = [lane.source for lane in lanes]
    return {
        "SRP_Source_Origin": [lane.origin for lane in lanes],
        "SRP_Source_Hemisphere": [hemisphere_label(source) for source in sources],
        "SRP_Source_Type": [source_type(source) for source in sources],
        "SRP_Source_Width": [source_width(source) for source in sources],
        "SRP_Source_Energy": [source_energy(source) for source in sources],
        "SRP_Source_Mode": [source.mode or "RX" for source in sources],
        "SRP_Source_Refraction": ["true" if source.refraction else "false" for source in sources],
    }
