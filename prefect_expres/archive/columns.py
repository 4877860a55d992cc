"""The columns of EPNcore, as EPN-TAP 2.0 fixes their types, units and UCDs.

The mandatory ones are all there, in the order of the standard; of the optional ones, those that are
filled here. Then come our own, by which a simulation can be told from others of the same name.
"""

from dataclasses import dataclass
from typing import Any, Literal

Kind = Literal["text", "integer", "double", "float", "timestamp"]
Row = dict[str, Any]
"""A row of the table: its values by the names of the columns."""


@dataclass(frozen=True)
class Column:
    """A column of the table.

    Attributes:
        name: Its name.
        kind: What its values are; a timestamp is a text as ISO 8601, in UTC.
        unit: Their unit, if they have one.
        ucd: What they mean, as a Unified Content Descriptor.
        description: The same for people.
    """

    name: str
    kind: Kind
    unit: str
    ucd: str
    description: str


def _range(name: str, kind: Kind, unit: str, ucd: str, about: str) -> tuple[Column, Column]:
    """Describe the two columns of a range."""
    return (
        Column(f"{name}_min", kind, unit, f"{ucd};stat.min", f"Smallest {about}"),
        Column(f"{name}_max", kind, unit, f"{ucd};stat.max", f"Largest {about}"),
    )


def _coordinates() -> tuple[Column, ...]:
    """Describe the coordinates, which have neither unit nor meaning without a spatial frame."""
    return tuple(
        Column(f"c{axis}{end}", "float", "", "", f"{word} of coordinate {axis}; there is none")
        for axis in (1, 2, 3)
        for end, word in (("min", "Smallest value"), ("max", "Largest value"))
    )


def _resolutions() -> tuple[Column, ...]:
    return tuple(
        Column(f"c{axis}_resol_{end}", "float", "", "", f"Resolution of coordinate {axis}, {end}")
        for axis in (1, 2, 3)
        for end in ("min", "max")
    )


MANDATORY: tuple[Column, ...] = (
    Column("granule_uid", "text", "", "meta.id", "Identifier of the file in this table"),
    Column("granule_gid", "text", "", "meta.id", "What kind of file it is"),
    Column("obs_id", "text", "", "meta.id;obs", "Identifier of the simulation"),
    Column("dataproduct_type", "text", "", "meta.code.class", "How the data are organised"),
    Column("measurement_type", "text", "", "meta.ucd", "What the data are, as UCDs"),
    Column("processing_level", "integer", "", "meta.calibLevel", "Level in the scale of CODMAC"),
    Column("target_name", "text", "", "meta.id;src", "Planet, and moon if one emits"),
    Column("target_class", "text", "", "src.class", "What kinds of bodies these are"),
    Column("time_min", "double", "d", "time.start;obs", "Begin as Julian date, UTC"),
    Column("time_max", "double", "d", "time.end;obs", "End as Julian date, UTC"),
    *_range("time_sampling_step", "float", "s", "time.resolution", "step of time"),
    *_range("time_exp", "float", "s", "time.duration;obs.exposure", "integration time"),
    *_range("spectral_range", "float", "Hz", "em.freq", "frequency"),
    *_range("spectral_sampling_step", "float", "Hz", "em.freq;spect.binSize", "step of frequency"),
    *_range("spectral_resolution", "float", "", "spect.resolution", "resolving power"),
    *_coordinates(),
    Column("s_region", "text", "", "pos.outline;obs.field", "Footprint; there is none"),
    *_resolutions(),
    Column("spatial_frame_type", "text", "", "meta.code.class;pos.frame", "Kind of coordinates"),
    *_range("incidence", "float", "deg", "pos.incidenceAng", "incidence angle"),
    *_range("emergence", "float", "deg", "pos.emergenceAng", "emergence angle"),
    *_range("phase", "float", "deg", "pos.phaseAng", "phase angle"),
    Column("instrument_host_name", "text", "", "meta.id;instr.obsty", "Observer"),
    Column("instrument_name", "text", "", "meta.id;instr", "What made the data"),
    Column("service_title", "text", "", "meta.title", "Name of the service's schema"),
    Column("creation_date", "timestamp", "", "time.creation", "When the row was first made"),
    Column("modification_date", "timestamp", "", "time.processing", "When it last changed"),
    Column("release_date", "timestamp", "", "time.release", "When it became public"),
)

OPTIONAL: tuple[Column, ...] = (
    Column("access_url", "text", "", "meta.ref.url;meta.file", "Where the file is"),
    Column("access_format", "text", "", "meta.code.mime", "Media type of the file"),
    Column("access_estsize", "integer", "kbyte", "phys.size;meta.file", "Size of the file"),
    Column("access_md5", "text", "", "meta.checksum;meta.file", "MD5 of the file"),
    Column("thumbnail_url", "text", "", "meta.ref.url;meta.preview", "A small picture of it"),
    Column("file_name", "text", "", "meta.id;meta.file", "Name of the file"),
    Column("bib_reference", "text", "", "meta.bib", "Paper to cite"),
    Column("publisher", "text", "", "meta.curation", "Who publishes it"),
    Column("time_scale", "text", "", "time.scale", "Scale of the times"),
    Column("feature_name", "text", "", "meta.id;src;obs.field", "Where the emission comes from"),
)

OWN: tuple[Column, ...] = (
    Column("fingerprint", "text", "", "meta.id", "SHA-256 of all that decides the simulation"),
    Column("expres_version", "text", "", "meta.version", "ExPRES: git branch, and version of data"),
    Column("package_version", "text", "", "meta.version", "Version of prefect-expres"),
    Column("configuration_url", "text", "", "meta.ref.url", "Where the configuration is"),
    Column("job_url", "text", "", "meta.ref.url", "The job that ran the simulation"),
    Column("file_sha256", "text", "", "meta.checksum", "SHA-256 of the file"),
)

COLUMNS = (*MANDATORY, *OPTIONAL, *OWN)
"""All columns of a table that is published here."""
UTYPE = "ivo://ivoa.net/std/epntap#table-2.0"
"""How a table says that it is one of EPN-TAP 2."""
