"""Make an identification: the arcs in an observation as values, and as table, labels and figure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import xarray as xr
from matplotlib.figure import Figure

import prefect_expres
from prefect_expres import analysis
from prefect_expres.analysis.catalogue import Labels
from prefect_expres.analysis.quicklook import save_and_release
from prefect_expres.identification.findings import (
    FIGURE,
    INDEX,
    LABELS,
    TABLE,
    Finding,
    Identification,
    Searched,
    told_briefly,
)
from prefect_expres.identification.naming import Identified, identify_arcs
from prefect_expres.identification.scene import scene_of
from prefect_expres.observations.overlay import sightings_over
from prefect_expres.observations.picture import add_title
from prefect_expres.storage import as_json, scratch_folder

_COLUMNS = tuple(name for name in Finding.model_fields if name not in analysis.Window.model_fields)

_FIELDS: Mapping[str, Mapping[str, Any]] = {
    "energy_kev": {
        "info": "Energy of the electrons in the simulation",
        "datatype": "float",
        "ucd": "phys.energy",
        "unit": "keV",
    },
    "lag_model": {
        "info": "Law of the lead angle in the simulation",
        "datatype": "str",
        "ucd": "meta.modelled",
    },
    "observed": {
        "info": "Part of the arc that was observed",
        "datatype": "float",
        "ucd": "stat.value",
    },
    "brightness": {
        "info": "Brightness of its cells, in standard deviations of noise",
        "datatype": "float",
        "ucd": "stat.snr",
    },
    "false_alarm": {
        "info": "How often chance would find as much in the whole search",
        "datatype": "float",
        "ucd": "stat.probability",
    },
    "shift_minutes": {
        "info": "How much later it is observed than simulated",
        "datatype": "float",
        "ucd": "time.interval",
        "unit": "min",
    },
    "shift_error_minutes": {
        "info": "Standard deviation of shift_minutes",
        "datatype": "float",
        "ucd": "stat.error;time.interval",
        "unit": "min",
    },
}


def make_identification(
    observation: xr.Dataset, searched: Searched, folder: str
) -> tuple[Identification, list[Finding], dict[str, bytes]]:
    """Identify the arcs in an observation, and make the files that tell of them.

    Args:
        observation: From `prefect_expres.observations.open_observation`.
        searched: What is searched for.
        folder: URL of the folder in which the files will be.

    Returns:
        The identification, what is found of every arc, and the contents of the files by their
        names, the identification itself as ``INDEX``.

    Raises:
        ObservationError: The observation is too short, or too long.
        ResultError: A result is not as ExPRES writes it.
    """
    found = identify_arcs(
        observation,
        {model: _opened(urls) for model, urls in searched.cdfs.items()},
        max_shift=searched.max_shift,
    )
    contents = _files(observation, found)
    made = Identification(
        **dict(scene_of(observation)),
        models=tuple(searched.cdfs),
        arcs=len(found),
        named=tuple(each.finding for each in found if each.finding.named),
        missing=searched.missing,
        folder=folder,
        files=tuple(contents),
    )
    findings = [each.finding for each in found]
    return made, findings, contents | {INDEX: as_json(made)}


def _files(observation: xr.Dataset, found: Sequence[Identified]) -> dict[str, bytes]:
    """Make table, labels and figure; return their contents by file name."""
    named = [each for each in found if each.finding.named]
    with scratch_folder() as folder:
        written = [
            analysis.write_csv([each.finding for each in found], folder / TABLE, more=_COLUMNS),
            save_and_release(_figure(observation, found, named), folder / FIGURE),
            analysis.write_catalogue(
                [each.found for each in named], folder / LABELS, labels=_labels(observation, named)
            ),
        ]
        return {path.name: path.read_bytes() for path in written}


def _figure(
    observation: xr.Dataset, found: Sequence[Identified], named: Sequence[Identified]
) -> Figure:
    """Draw the named arcs over the observation, where they fit best."""
    moved = [(_model(each.finding), each.found.alone) for each in named]
    simulated = [(_model(each.finding), each.arc.sighting) for each in (named or found[:1])]
    figure = sightings_over(observation, moved, simulated)
    told = told_briefly([each.finding for each in named])
    add_title(figure, observation, told, f"prefect-expres {prefect_expres.__version__}")
    return figure


def _model(finding: Finding) -> str:
    return ", ".join(filter(None, (f"{finding.energy_kev:g} keV", finding.lag_model)))


def _labels(observation: xr.Dataset, named: Sequence[Identified]) -> Labels:
    return Labels(
        title=f"Emission identified with ExPRES in {observation.attrs['source']}",
        fields=_FIELDS,
        values=[each.finding.model_dump(mode="json", include=set(_FIELDS)) for each in named],
    )


def _opened(urls: Iterable[str]) -> Iterator[xr.Dataset]:
    """Open the files one after the other, each only while it is read."""
    for url in urls:
        with analysis.open_results(url) as dataset:
            yield dataset
