"""The ExPRES configuration file as pydantic models.

A file that is read and written again keeps every key and every value: unknown keys stay, absent
keys stay absent, ``1`` and ``1.0`` stay what they are. Attribute names are the file's keys in
lower case. The sections and units are those of ExPRES 1.4 (Louis et al. 2019, A&A 627, A30).

The models describe each section; the rules between values are in `rules`.
"""

import json
from typing import Annotated, Any, Literal, Self

from pydantic import Field, ValidationError

from prefect_expres.errors import ConfigurationError
from prefect_expres.expres.problem import Part, Problem, ancestors, headline
from prefect_expres.expres.rules import broken_rules
from prefect_expres.expres.schema_errors import problem_of_file, structural_problems
from prefect_expres.expres.section import (
    Five,
    Flag,
    Natural,
    Number,
    OneOrMore,
    Range,
    Section,
    Text,
    TwoOrMore,
)
from prefect_expres.expres.strict_json import check_writable, read_content


class Simu(Section):
    """``SIMU``: names of the run; ``DOI``, if given, becomes a part of the file name."""

    name: Text = ""
    out: Text = ""
    doi: Text = ""


class Count(Section):
    """``NUMBER``: how many bodies, densities a body, and sources there are."""

    body: Natural
    density: Natural
    source: Natural


class Time(Section):
    """``TIME``: the time axis in minutes from the start of the simulation."""

    min: Number
    max: Number
    nbr: TwoOrMore


class Frequency(Section):
    """``FREQUENCY``: the frequency axis in MHz."""

    type: Literal["Linear", "Log", "Pre-Defined"]
    min: Number
    max: Number
    nbr: Natural
    sc: Text | list[Number]


class Observer(Section):
    """``OBSERVER``: where the emission is seen from; lengths in the unit of the body's radius."""

    type: Literal["Fixed", "Orbiter", "Pre-Defined"]
    ephem: Text
    fixe_dist: Number | Text
    fixe_subl: Number | Text
    fixe_decl: Number | Text
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
    """``SPDYN.CDF``: which variables the CDF holds; ExPRES stops where a flag is missing.

    One of the last two flags may be missing, as it is in files of 2019.
    """

    theta: Flag
    fp: Flag
    fc: Flag
    azimuth: Flag
    obslatitude: Flag
    srclongitude: Flag
    srcfreqmax: Flag
    obsdistance: Flag
    obslocaltime: Flag
    cml: Flag
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
    infos: Flag


class Movie2D(Section):
    """``MOVIE2D``: required even when it is off."""

    on: Flag
    subcycle: Number
    range: Number


class Movie3D(Section):
    """``MOVIE3D``: required even when it is off."""

    on: Flag
    subcycle: Number
    xrange: Range
    yrange: Range
    zrange: Range
    obs: Flag
    traj: Flag


class Density(Section):
    """``BODY[].DENS[]``: a plasma density model; densities in cm⁻³."""

    on: Flag
    name: Text
    type: Text
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
    phase: Number | Text
    dens: list[Density]


class Source(Section):
    """``SOURCE[]``: a radio source; energies in keV, angles in degrees."""

    on: Flag
    name: Text
    parent: Text
    type: Text
    lg_min: Number | Text
    lg_max: Number | Text
    lg_nbr: OneOrMore
    lat: Number
    sub: Number
    aurora_alt: Number
    sat: Text
    north: Flag
    south: Flag
    width: Number
    current: Text
    constant: Number
    mode: Text = ""
    lag_model: Text = ""
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
            ConfigurationError: It is not JSON, a key occurs twice, or rules are broken.
        """
        return cls.from_mapping(read_content(data))

    @classmethod
    def from_mapping(cls, content: Any) -> Self:
        """Build a configuration from the JSON content, already parsed.

        Raises:
            ConfigurationError: Rules are broken.
        """
        problems = cls.problems_in(content)
        if problems:
            raise ConfigurationError(headline(problems), problems)
        return cls.model_validate(content)

    @classmethod
    def problems_in(cls, content: Any) -> tuple[Problem, ...]:
        """Find everything that is wrong in the JSON content, of structure and between values.

        A broken value is reported once: rules that need it are skipped, all others are checked.
        """
        try:
            check_writable(content)
            content = cls.model_validate(content).content()
        except ValidationError as fault:
            structural = structural_problems(fault.errors())
        except (ValueError, RecursionError) as fault:
            return (problem_of_file(f"cannot be written as JSON: {fault}"),)
        else:
            structural = ()
        reported = [problem.path for problem in structural]
        above = (parent for path in reported for parent in ancestors(path))
        broken = frozenset([*reported, *above])
        return (*structural, *broken_rules(Part(content, broken=broken)))

    def content(self) -> dict[str, Any]:
        """Give the JSON content: exactly the keys and values that were read."""
        return self.model_dump(mode="json", by_alias=True, exclude_unset=True)

    def to_json(self) -> bytes:
        """Write the file that is uploaded: UTF-8, two spaces of indent, a final newline."""
        return (json.dumps(self.content(), indent=2, ensure_ascii=False) + "\n").encode()

    def canonical(self) -> bytes:
        """Write the form that is hashed: sorted keys, no white space."""
        return json.dumps(self.content(), sort_keys=True, separators=(",", ":")).encode()
