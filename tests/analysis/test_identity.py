"""What a result's name says, and its sources."""

from typing import Any

import pytest
import xarray as xr

from prefect_expres.analysis.identity import Identity, identity_of
from prefect_expres.analysis.sources import EmissionSource, in_order, sources_of
from prefect_expres.errors import ResultError

PREFIX = "expres_earth_jupiter_io"


def named(name: str) -> Identity:
    """Read the identity from a file's name."""
    return identity_of(xr.Dataset(attrs={"Logical_file_id": name}))


@pytest.mark.parametrize(
    ("name", "series"),
    [
        (f"{PREFIX}_20240101_v14", f"{PREFIX}_v14"),
        (f"{PREFIX}_20240101_v11", f"{PREFIX}_v11"),
        (f"{PREFIX}_20240101", PREFIX),
        (f"{PREFIX}_2024010_v14", f"{PREFIX}_2024010_v14"),
        (f"{PREFIX}_20240101_x", f"{PREFIX}_20240101_x"),
        ("My_20240101_v1", "My_v1"),
    ],
)
def test_the_series_is_the_name_without_its_day(name: str, series: str) -> None:
    """The days of a campaign are one series."""
    assert named(name).series == series


def test_a_name_tells_who_sees_what() -> None:
    """Observer, planet, origin and model, in any case."""
    identity = named("EXPRES_Earth_jupiter_io_JRM33_lossc-wid1deg_3kev_rx_20240101_v14")
    assert (identity.observer, identity.planet, identity.origin) == ("Earth", "Jupiter", "Io")
    assert identity.model == ("JRM33", "loss cone", "3 keV", "beam width 1°")


@pytest.mark.parametrize(
    ("part", "field", "written"),
    [
        ("expres_juice_jupiter_io", "observer", "JUICE"),
        ("expres_voyager1_jupiter_io", "observer", "Voyager 1"),
        ("expres_new-horizons_jupiter_io", "observer", "New-Horizons"),
        ("expres_earth_tauboob_io", "planet", "Tauboob"),
        ("expres_earth_jupiter_ganymede", "origin", "Ganymede"),
        ("expres_earth_jupiter_30d-15r", "origin", "30d-15r"),
    ],
)
def test_names_are_written_as_people_do(part: str, field: str, written: str) -> None:
    """Capitals, and a space before the number."""
    assert getattr(named(f"{part}_jrm33_lossc-wid1deg_3kev_20240101_v14"), field) == written


@pytest.mark.parametrize(
    ("part", "model"),
    [
        ("isaac_lossc-wid1deg_3kev", ("ISaAC", "loss cone", "3 keV", "beam width 1°")),
        ("o6_cavity-wid12deg_10kev", ("O6", "steady-state cavity", "10 keV", "beam width 12°")),
        ("vip4_shell-wid1deg_3kev", ("VIP4", "shell", "3 keV", "beam width 1°")),
        (
            "jrm09_cst80.000-wid1deg_3kev",
            ("JRM09", "constant angle 80°", "3 keV", "beam width 1°"),
        ),
        (
            "jrm09_cst75.50-wid1deg_3kev",
            ("JRM09", "constant angle 75.5°", "3 keV", "beam width 1°"),
        ),
        ("jrm09_other-wid1deg_3kev", ("JRM09", "other", "3 keV", "beam width 1°")),
        ("10.25935-xy", ()),
    ],
)
def test_models_are_told_in_words(part: str, model: tuple[str, ...]) -> None:
    """With a DOI the name says nothing of the model."""
    assert named(f"{PREFIX}_{part}_20240101_v14").model == model


def test_other_names_tell_nothing() -> None:
    """The name itself is left, or a word for it."""
    assert named("something-else") == Identity("something-else")
    assert identity_of(xr.Dataset()) == Identity("ExPRES simulation")
    identity = Identity("x")
    assert (identity.observer, identity.planet, identity.origin, identity.model) == (
        *(None, None, None),
        (),
    )


@pytest.mark.parametrize(
    ("moons", "names"),
    [
        ((), "Callisto Europa Io- Io+"),
        (("Io",), "Io- Io+ Callisto Europa"),
        (("Europa", "Io", "Ganymede"), "Europa Io- Io+ Callisto"),
    ],
)
def test_sources_are_put_in_order(moons: tuple[str, ...], names: str) -> None:
    """Those of the moons first, and of each the north; each is there once."""
    south = EmissionSource("Io", "south", "LH", (1,))
    others = [EmissionSource(name, "north", "RH", (0,)) for name in ("Io", "Europa", "Callisto")]
    found = in_order([south, *others, *others, south], moons)
    signs = {"north": "-", "south": "+"}
    assert (
        " ".join(source.name + signs[source.hemisphere] * (source.name == "Io") for source in found)
        == names
    )


def labelled(*labels: str, **attributes: Any) -> list[EmissionSource]:
    """List the sources of a file."""
    return sources_of(xr.Dataset(coords={"source": list(labels)}, attrs=attributes))


def test_sources_are_told_by_label_and_mode() -> None:
    """In the order of the file; field lines of one source are together."""
    assert labelled(
        "Io SOUTH",
        "Io NORTH",
        "Io SOUTH",
        "Io NORTH",
        SRP_Source_Mode=["RX", "RX", "RX", "LO"],
    ) == [
        EmissionSource("Io", "south", "LH", (0, 2)),
        EmissionSource("Io", "north", "RH", (1,)),
        EmissionSource("Io", "north", "LH", (3,)),
    ]
    (south,) = labelled("Io SOUTH", SRP_Source_Mode="lo")
    assert south.polarization == "RH"
    assert south.key == ("Io", "south", "RH")


def test_one_entry_speaks_for_all_sources() -> None:
    """Attributes have an entry for each source, or one; also if all are the same."""
    labels = ("Io NORTH", "Io SOUTH", "Europa NORTH")
    for mode in ("LO", ["LO"], ["LO", "LO"], [" LO ", "LO", "LO"]):
        assert [each.polarization for each in labelled(*labels, SRP_Source_Mode=mode)] == [
            *("LH", "RH", "LH"),
        ]
    with pytest.raises(ResultError, match="SRP_Source_Mode has 2 entries for 3 sources"):
        labelled(*labels, SRP_Source_Mode=["LO", "RX"])


@pytest.mark.parametrize(
    ("label", "stated", "found"),
    [
        ("Io North", None, ("Io", "north")),
        ("0d 6R SOUTH", None, ("0d 6R", "south")),
        ("Io NORTH", "SOUTH", ("Io", "north")),
        ("30d-6R", "south", ("30d-6R", "south")),
        ("NORTH", "SOUTH", ("NORTH", "south")),
        ("Io EAST", "NORTH", ("Io EAST", "north")),
    ],
)
def test_the_label_says_the_hemisphere_or_the_attribute_does(
    label: str, stated: str | None, found: tuple[str, str]
) -> None:
    """The label counts more."""
    attributes = {} if stated is None else {"SRP_Source_Hemisphere": stated}
    (source,) = labelled(label, **attributes)
    assert (source.name, source.hemisphere) == found


@pytest.mark.parametrize(("label", "stated"), [("Io", None), ("NORTH", None), ("Io", "EAST")])
def test_a_source_without_hemisphere_is_an_error(label: str, stated: str | None) -> None:
    """Neither says NORTH or SOUTH."""
    attributes = {} if stated is None else {"SRP_Source_Hemisphere": stated}
    with pytest.raises(ResultError, match=f"The source '{label}' has no hemisphere"):
        labelled(label, **attributes)
