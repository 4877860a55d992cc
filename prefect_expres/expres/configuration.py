"""The ExPRES configuration file as pydantic models.

A file that is read and written again keeps every key and every value: unknown keys stay, absent
keys stay absent, ``1`` and ``1.0`` stay what they are. Attribute names are the file's keys in
lower case. The sections and units are those of ExPRES 1.4 (Louis et al. 2019, A&A 627, A30).
"""

import json
from collections.abc import Sequence
from typing import Annotated, Any, Literal, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StrictBool,
    StrictFloat,
    StrictInt,
    StrictStr,
    ValidationError,
)

from prefect_expres.errors import ConfigurationError

Finite = Annotated[StrictFloat, Field(allow_inf_nan=False)]
Number = StrictInt | Finite
Flag = StrictBool | Annotated[StrictInt, Field(ge=0, le=1)]
Text = StrictStr
Five = Annotated[list[Flag], Field(min_length=5, max_length=5)]
Range = Annotated[list[Number], Field(min_length=2, max_length=2)]


class Section(BaseModel):
    """One section of the file: keys in upper case, unknown keys kept."""

    model_config = ConfigDict(
        alias_generator=str.upper, populate_by_name=True, extra="allow", frozen=True
    )


class Simu(Section):
    """``SIMU``: names of the run; ``DOI``, if given, becomes a part of the file name."""

    name: Text
    out: Text
    doi: Text | None = None


class Count(Section):
    """``NUMBER``: how many bodies, densities a body, and sources there are."""

    body: StrictInt
    density: StrictInt
    source: StrictInt


class Time(Section):
    """``TIME``: the time axis in minutes from the start of the simulation."""

    min: Number
    max: Number
    nbr: Annotated[StrictInt, Field(ge=2)]


class Frequency(Section):
    """``FREQUENCY``: the frequency axis in MHz."""

    type: Literal["Linear", "Log", "Pre-Defined"]
    min: Number
    max: Number
    nbr: StrictInt
    sc: Text | list[Number]


class Observer(Section):
    """``OBSERVER``: where the emission is seen from; lengths in the unit of the body's radius."""

    type: Literal["Fixed", "Orbiter", "Pre-Defined"]
    ephem: Text = ""
    fixe_dist: Number | Literal["auto"]
    fixe_subl: Number | Literal["auto"]
    fixe_decl: Number | Literal["auto"]
    parent: Text
    sc: Text
    sctime: Text
    semi_maj: Number
    semi_min: Number
    subl: Number
    decl: Number
    phase: Number
    incl: Number


class CdfFlags(Section):
    """``SPDYN.CDF``: which variables the CDF holds."""

    theta: Flag = False
    fp: Flag = False
    fc: Flag = False
    azimuth: Flag = False
    obslatitude: Flag = False
    srclongitude: Flag = False
    srcfreqmax: Flag = False
    obsdistance: Flag = False
    obslocaltime: Flag = False
    cml: Flag = False
    srcpos: Flag = False
    srcvis: Flag = False


class Spdyn(Section):
    """``SPDYN``: what is drawn and written."""

    intensity: Flag
    polar: Flag
    freq: Five
    long: Five
    lat: Five
    drange: Range
    lgrange: Range
    larange: Range
    ltrange: Range
    khz: Flag
    log: Flag
    pdf: Flag
    cdf: CdfFlags
    infos: Flag = False


class Movie2D(Section):
    """``MOVIE2D``: required even when it is off."""

    on: Flag
    subcycle: Annotated[StrictInt, Field(ge=1)]
    range: Number


class Movie3D(Section):
    """``MOVIE3D``: required even when it is off."""

    on: Flag
    subcycle: Annotated[StrictInt, Field(ge=1)]
    xrange: Range
    yrange: Range
    zrange: Range
    obs: Flag
    traj: Flag


class Density(Section):
    """``BODY[].DENS[]``: a plasma density model; densities in cm⁻³."""

    on: Flag
    name: Text
    type: Literal["Ionospheric", "Torus", "Disk", "Stellar", "auto"]
    rho0: Number
    scale: Number
    perp: Number


class Body(Section):
    """``BODY[]``: the planet or one of its moons; periods in minutes, angles in degrees."""

    on: Flag
    name: Text
    radius: Number
    period: Number
    flat: Number
    orb_per: Number
    init_ax: Number
    mag: Text
    motion: Flag
    parent: Text
    semi_maj: Number
    semi_min: Number
    declination: Number
    apo_long: Number
    inclination: Number
    phase: Number | Literal["auto"]
    dens: list[Density]


class Source(Section):
    """``SOURCE[]``: a radio source; energies in keV, angles in degrees."""

    on: Flag
    name: Text
    parent: Text
    type: Literal["attached to a satellite", "fixed in latitude", "L-shell", "M-shell"]
    lg_min: Number | Text
    lg_max: Number | Text
    lg_nbr: Annotated[StrictInt, Field(ge=1)]
    lat: Number
    sub: Number
    aurora_alt: Number
    sat: Text
    north: Flag
    south: Flag
    width: Number
    current: Literal["Transient (Alfvenic)", "Steady-State", "Constant", "Shell"]
    constant: Number
    mode: Literal["RX", "LO"] | None = None
    lag_model: Text | None = None
    accel: Number
    temp: Number
    temph: Number
    refraction: Flag


class Configuration(Section):
    """A whole ExPRES configuration.

    Read one with `parse` (bytes or text) or `from_mapping` (a dict); both raise
    `ConfigurationError` with every problem at once.
    """

    schema_uri: Annotated[Text | None, Field(alias="$schema")] = None
    simu: Simu
    number: Count
    time: Time
    frequency: Frequency
    observer: Observer
    spdyn: Spdyn
    movie2d: Movie2D
    movie3d: Movie3D
    body: Annotated[list[Body], Field(min_length=1)]
    source: Annotated[list[Source], Field(min_length=1)]

    @classmethod
    def parse(cls, data: bytes | str) -> Self:
        """Read the text of a configuration file.

        Raises:
            ConfigurationError: It is no JSON, a key stands twice, or rules are broken.
        """
        try:
            content = json.loads(
                data, object_pairs_hook=_unique_keys, parse_constant=_refuse_constant
            )
        except (ValueError, RecursionError) as fault:
            msg = f"The configuration cannot be read as JSON: {fault}"
            raise ConfigurationError(msg) from None
        return cls.from_mapping(content)

    @classmethod
    def from_mapping(cls, content: Any) -> Self:
        """Build a configuration from the JSON content, already parsed.

        Raises:
            ConfigurationError: Rules are broken.
        """
        try:
            configuration = cls.model_validate(content)
        except ValidationError as fault:
            problems = tuple(dict.fromkeys(_problem(error) for error in fault.errors()))
            raise ConfigurationError(_headline(problems), problems) from None
        problems = tuple(_broken_rules(configuration))
        if problems:
            raise ConfigurationError(_headline(problems), problems)
        return configuration

    def content(self) -> dict[str, Any]:
        """Give the JSON content: the keys and values that were read, no more."""
        return self.model_dump(mode="json", by_alias=True, exclude_unset=True)

    def to_json(self) -> bytes:
        """Write the file that is uploaded: UTF-8, two spaces of indent, a final newline."""
        return (json.dumps(self.content(), indent=2, ensure_ascii=False) + "\n").encode()

    def canonical(self) -> bytes:
        """Write the form that is hashed: sorted keys, no white space."""
        return json.dumps(self.content(), sort_keys=True, separators=(",", ":")).encode()


def _unique_keys(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    content = dict(pairs)
    if len(content) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = sorted({key for key in keys if keys.count(key) > 1})
        msg = f"the key {twice[0]!r} stands twice in one section; keep one"
        raise ValueError(msg)
    return content


def _refuse_constant(word: str) -> None:
    msg = f"{word} is no JSON number; give a finite number"
    raise ValueError(msg)


def _headline(problems: tuple[str, ...]) -> str:
    count = f"{len(problems)} problems" if len(problems) > 1 else "a problem"
    return f"The configuration has {count}; mend it before it is submitted:"


def _problem(error: Any) -> str:
    path = _json_path(error["loc"])
    rule = error["msg"][0].lower() + error["msg"][1:]
    if error["type"] == "missing":
        return f"{path}: missing; ExPRES needs this key"
    return f"{path}: {error['input']!r}: {rule}"


def _json_path(location: Sequence[str | int]) -> str:
    path = ""
    for step in location:
        if isinstance(step, int):
            path += f"[{step}]"
        elif step.isupper() or step == "$schema" or not path:
            path += f".{step}" if path else step
    return path or "the file"


def _broken_rules(configuration: Configuration) -> list[str]:
    """List the rules between sections that ExPRES relies on and does not check itself."""
    counts = configuration.number
    names = {body.name for body in configuration.body if body.on}
    observer = configuration.observer
    problems = [
        f"NUMBER.{key}: {declared}: there are {found} in {where}; write {found}"
        for key, declared, found, where in [
            ("BODY", counts.body, len(configuration.body), "BODY"),
            ("SOURCE", counts.source, len(configuration.source), "SOURCE"),
            *(
                ("DENSITY", counts.density, len(body.dens), f"BODY[{index}].DENS")
                for index, body in enumerate(configuration.body)
            ),
        ]
        if declared != found
    ]
    parents = [("OBSERVER.PARENT", observer.parent)]
    for index, body in enumerate(configuration.body):
        if body.on and body.parent:
            parents.append((f"BODY[{index}].PARENT", body.parent))
    for index, source in enumerate(configuration.source):
        if not source.on:
            continue
        parents.append((f"SOURCE[{index}].PARENT", source.parent))
        if source.type == "attached to a satellite":
            parents.append((f"SOURCE[{index}].SAT", source.sat))
        if bool(source.north) == bool(source.south):
            problems.append(
                f"SOURCE[{index}]: NORTH {source.north}, SOUTH {source.south}: "
                "a source is in one hemisphere; set one of them to true"
            )
    problems += [
        f"{path}: {name!r} is no active BODY; names are case-sensitive: {', '.join(sorted(names))}"
        for path, name in parents
        if name not in names
    ]
    if observer.ephem and observer.type != "Pre-Defined":
        problems.append(
            f"OBSERVER.TYPE: {observer.type!r}: an EPHEM file needs the type 'Pre-Defined'"
        )
    if observer.ephem.startswith("@"):
        problems.append(
            f"OBSERVER.EPHEM: {observer.ephem!r}: ExPRES cannot fetch it; name a CSV file"
        )
    return problems
