"""Routine simulations, as the MASER team runs them: a few values instead of a configuration file.

One observer, one moon or auroral source, one day: 1440 steps of a minute, and what the template of
the source fixes (`prefect_expres.expres.templates`).
"""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from types import MappingProxyType
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PositiveFloat,
    SerializerFunctionWrapHandler,
    model_serializer,
    model_validator,
)
from pydantic.json_schema import WithJsonSchema

from prefect_expres.expres.configuration import CdfFlags, Configuration
from prefect_expres.expres.problem import choice
from prefect_expres.expres.result_name import output_name
from prefect_expres.expres.templates import TEMPLATES, Choices, Template
from prefect_expres.expres.vocabulary import FIELDS, OBSERVERS

Form = Literal["v11", "v01"]

FORMS: Mapping[Form, str] = {"v11": "JRM33", "v01": "JRM09+Connerney CS"}
"""The magnetic field models of the versions of the team's data."""

MINUTES = 1440

_POSITIVE = WithJsonSchema({"type": "number", "exclusiveMinimum": 0})


def in_any_case(words: Sequence[str], also: Mapping[str, str] = MappingProxyType({})) -> Any:
    """Take a known word in any case, and write it as usual; leave others as they are.

    Args:
        words: The words as they are written.
        also: Other words, and what is written for them.
    """
    usual = {word.casefold(): word for word in words}
    usual |= {word.casefold(): written for word, written in also.items()}
    return BeforeValidator(lambda given: usual.get(str(given).strip().casefold(), given))


def _one_of(words: tuple[str, ...], also: Mapping[str, str] = MappingProxyType({})) -> list[Any]:
    """Take one of the words, in any case; a form shows them as a choice."""

    def known(word: str) -> str:
        if word not in words:
            msg = f"there is no {word!r} here; {choice(word, words)}"
            raise ValueError(msg)
        return word

    return [in_any_case(words, also), AfterValidator(known), _choice_of(words)]


def _choice_of(words: tuple[str, ...]) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "enum": list(words)})


def _of_all_templates(attribute: Literal["fields", "lag_models"]) -> tuple[str, ...]:
    """List what a choice may be in any template."""
    words = (word for each in TEMPLATES.values() for word in getattr(each, attribute))
    return tuple(dict.fromkeys(words))


def _without_default(schema: dict[str, Any]) -> None:
    """Leave a field of a form empty where the template decides."""
    schema.pop("default", None)


SourceName = Annotated[str, *_one_of(tuple(TEMPLATES))]
"""The name of a moon or auroral source that has a template, in any case."""

ObserverName = Annotated[str, Field(min_length=1), in_any_case(OBSERVERS)]
"""The name of an observer, in any case if ExPRES knows it."""

_FIELDS, _LAG_MODELS = _of_all_templates("fields"), _of_all_templates("lag_models")
FieldModel = Annotated[
    str, *_one_of(_FIELDS, {folder: each.mag for folder, each in FIELDS.items()})
]
"""``BODY.MAG``, or the name of its folder, as ``JRM09``; in any case."""

LagModel = Annotated[str, *_one_of(_LAG_MODELS)]


class Routine(BaseModel):
    """A routine simulation: one observer, one moon or auroral source, one day."""

    model_config = ConfigDict(frozen=True, extra="forbid", title="Routine simulation")

    source: SourceName = Field(
        title="Moon or auroral source", description="What makes the emission."
    )
    day: date = Field(title="Day", description="In UTC; it is simulated from midnight on.")
    observer: ObserverName = Field(
        "Earth", title="Observer", description="Earth, or a spacecraft's name."
    )
    field: Annotated[FieldModel | None, _choice_of(_FIELDS)] = Field(
        None,
        title="Magnetic field model",
        description="Left empty, it is the usual one of the source.",
        json_schema_extra=_without_default,
    )
    energy: Annotated[PositiveFloat | None, _POSITIVE] = Field(
        None,
        title="Energy (keV)",
        description="Of the electrons. Left empty, it is the usual one of the source.",
        json_schema_extra=_without_default,
    )
    lag_model: Annotated[LagModel | None, _choice_of(_LAG_MODELS)] = Field(
        None,
        title="Lag model",
        description="Law of the lead angle. Left empty, it is the usual one of the source.",
        json_schema_extra=_without_default,
    )

    @model_validator(mode="after")
    def _fits_the_template(self) -> Self:
        if self.lag_model and not self.template.lag_models:
            msg = f"{self.source} has no law of the lead angle; leave out lag_model"
            raise ValueError(msg)
        for word, words in (
            (self.field, self.template.fields),
            (self.lag_model, self.template.lag_models),
        ):
            if word and word not in words:
                msg = f"there is no {word!r} for {self.source}; {choice(word, words)}"
                raise ValueError(msg)
        return self

    @model_serializer(mode="wrap")
    def _chosen_only(self, write: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Leave out what is left to the template, as a form does."""
        return {name: value for name, value in write(self).items() if value is not None}

    @property
    def template(self) -> Template:
        """The kind of simulation."""
        return TEMPLATES[self.source]

    @property
    def track(self) -> str:
        """A name for the observer's ephemeris file, until it is known."""
        return f"{re.sub(r'[^A-Za-z0-9]+', '-', self.observer).strip('-')}.csv"

    def configuration(
        self, *, ephemeris: str = "", phases: Mapping[str, float] | None = None
    ) -> Configuration:
        """Build the configuration.

        Args:
            ephemeris: Name of the observer's ephemeris file, which must have one row for each
                minute of the day; empty if ExPRES is to find the observer itself. Systems that no
                ephemeris knows are seen from where the template says.
            phases: East longitude (System III) of moons at the start less the light time, degrees;
                they are set together with a computed ephemeris.

        Raises:
            ConfigurationError: A rule is broken, as by an observer whom ExPRES does not find.
        """
        template, choices = self.template, self._choices(phases or {})
        ephemeris = "" if template.seen_from else ephemeris
        bodies, sources = template.bodies(choices), template.sources(choices)
        low, high, channels = template.band
        content = {
            "SIMU": {"NAME": self._name(choices.field), "OUT": ""},
            "NUMBER": {"BODY": len(bodies), "DENSITY": 2, "SOURCE": len(sources)},
            # With an ephemeris ExPRES takes the times from it: the first row to the last.
            "TIME": {"MIN": 0, "MAX": MINUTES - bool(ephemeris), "NBR": MINUTES},
            "FREQUENCY": {"TYPE": "Linear", "MIN": low, "MAX": high, "NBR": channels, "SC": ""},
            "OBSERVER": self._observer(ephemeris),
            "SPDYN": _spectra(),
            "MOVIE2D": {"ON": False, "SUBCYCLE": 1, "RANGE": 30},
            "MOVIE3D": _film(),
            "BODY": bodies,
            "SOURCE": sources,
        }
        return Configuration.from_mapping(content)

    def _choices(self, phases: Mapping[str, float]) -> Choices:
        template = self.template
        energy = self.energy or template.energy
        return Choices(
            field=self.field or template.fields[0],
            energy=int(energy) if energy == int(energy) else energy,
            lag_model=self.lag_model or next(iter(template.lag_models), ""),
            phases=phases,
        )

    def _name(self, field: str) -> str:
        """Name the simulation as the team does, by the version of its data if it has one."""
        version = next((form for form, model in FORMS.items() if model == field), field)
        return f"{self.observer}-{self.source}-{self.day:%Y%m%d}-{version}".lower()

    def _observer(self, ephemeris: str) -> dict[str, Any]:
        position: dict[str, Any] = dict.fromkeys(("FIXE_DIST", "FIXE_SUBL", "FIXE_DECL"), "auto")
        orbit = dict.fromkeys(("SEMI_MAJ", "SEMI_MIN", "SUBL", "DECL", "PHASE", "INCL"), 0.0)
        place = self.template.seen_from
        if place:
            position = {"FIXE_DIST": place.distance, "FIXE_SUBL": 0.0, "FIXE_DECL": place.latitude}
        return {
            "TYPE": "Fixed" if place else "Pre-Defined",
            "EPHEM": ephemeris,
            **position,
            "PARENT": self.template.planet,
            "SC": self.observer,
            "SCTIME": f"{self.day:%Y%m%d}0000",
            **orbit,
        }


def routine_path(configuration: Configuration) -> str:
    """Give the path of a configuration in the team's tree: ``{observer}/{YYYY}/{MM}/{name}.json``.

    Its name is the name of the result, so that both files are side by side.

    Raises:
        ValueError: No source is active, or ``SCTIME`` gives no date.
    """
    day = configuration.observer.sctime
    folder = f"{configuration.observer.sc.lower()}/{day[:4]}/{day[4:6]}"
    return f"{folder}/{output_name(configuration)}.json"


def _spectra() -> dict[str, Any]:
    none = [False] * 5
    return {
        "INTENSITY": True,
        "POLAR": True,
        "FREQ": [True, *none[1:]],
        "LONG": none,
        "LAT": none,
        **{key: [0, 0] for key in ("DRANGE", "LGRANGE", "LARANGE", "LTRANGE")},
        "KHZ": False,
        "LOG": False,
        "PDF": False,
        "CDF": dict.fromkeys(map(str.upper, CdfFlags.model_fields), True),
        "INFOS": False,
    }


def _film() -> dict[str, Any]:
    space = {key: [-18, 18] for key in ("XRANGE", "YRANGE", "ZRANGE")}
    return {"ON": False, "SUBCYCLE": 5, **space, "OBS": True, "TRAJ": True}
