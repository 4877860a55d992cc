"""What a row says of its file, where tables leave fields empty or name their files otherwise."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from prefect_expres.archive import Granule
from prefect_expres.archive.granule import PublishedSimulation, julian_date, simulations_of
from prefect_expres.errors import ArchiveError

NAME = "expres_juno_jupiter_io_jrm09_lossc-wid1deg_3kev_20180913_v01"


def granule(**facts: Any) -> Granule:
    """Give a row."""
    return Granule.of({"granule_uid": "uid", "obs_id": "obs"} | facts)


@pytest.mark.parametrize(
    ("facts", "name"),
    [
        ({"file_name": "a.cdf", "access_url": "https://a.example.org/b.cdf"}, "a.cdf"),
        ({"access_url": "https://a.example.org/x%20y/b%2Bc.cdf?d=/e.png"}, "b+c.cdf"),
        ({"access_url": "https://a.example.org/data/"}, "uid"),
        ({}, "uid"),
    ],
)
def test_a_file_has_a_name(facts: dict[str, Any], name: str) -> None:
    """That of the table, of its address, or else its identifier."""
    assert granule(**facts).name == name


@pytest.mark.parametrize(
    ("facts", "cdf"),
    [
        ({"file_name": "A.CDF"}, True),
        ({"access_format": "application/x-cdf"}, True),
        ({"access_format": " Application/X-CDF-ISTP ; version=3"}, True),
        ({"access_format": "application/cdf"}, True),
        ({"access_format": "application/x-netcdf", "file_name": "a.nc"}, False),
        ({}, False),
    ],
)
def test_a_cdf_file_is_known(facts: dict[str, Any], *, cdf: bool) -> None:
    """By its name or by its media type, as tables write it."""
    assert granule(**facts).is_cdf is cdf


@pytest.mark.parametrize(
    ("name", "configuration"),
    [("A.JSON", True), ("a.tfcat.json", False), ("a.cdf", False)],
)
def test_a_configuration_is_known(name: str, *, configuration: bool) -> None:
    """A catalogue is none, though it is JSON."""
    assert granule(file_name=name).is_configuration is configuration


@pytest.mark.parametrize("field", ["file_name", "granule_uid", "obs_id"])
def test_the_name_of_expres_tells_observer_and_moon(field: str) -> None:
    """Wherever it stands, before what the row says of the observer."""
    row = granule(**{field: f"{NAME}.tfcat.json", "instrument_host_name": "Earth"})
    assert (row.expres_name, row.observer, row.origin) == (NAME, "juno", "io")
    assert row.is_seen_from("Juno")
    assert not row.is_seen_from("Earth")
    assert row.shows("Io")
    assert not row.shows("Europa")


def test_without_that_name_the_fields_tell() -> None:
    """A word of a field, or all of it; nothing is made up."""
    row = granule(instrument_host_name="Solar Orbiter", target_name="Jupiter#Io", file_name="a")
    assert (row.expres_name, row.observer, row.origin) == (None, "Solar Orbiter", None)
    assert row.is_seen_from("solar-orbiter")
    assert row.shows("Io")
    assert not row.shows("I")
    assert granule().observer is None


@pytest.mark.parametrize(
    "field",
    ["granule_uid", "obs_id", "file_name", "target_name", "feature_name", "instrument_host_name"],
)
def test_every_field_with_names_counts(field: str) -> None:
    """Tables write moon and observer into different ones."""
    row = granule(**{field: "Io flux tube"})
    assert row.shows("io")
    assert row.is_seen_from("IO")
    assert not granule().shows("io")


def test_what_is_wrong_in_a_row_is_told_in_its_order() -> None:
    """With the row and the column."""
    with pytest.raises(ArchiveError, match="The row 'uid' of the table has no valid obs_id: "):
        granule(obs_id=None, time_min="yesterday")


def test_a_simulation_is_shown_by_its_cdf_file() -> None:
    """If it can be fetched; else by its first file."""
    picture = granule(granule_uid="a", file_name="a.png", access_url="https://a.example.org/a.png")
    listed = granule(granule_uid="b", file_name="b.cdf")
    fetched = granule(granule_uid="c", file_name="c.cdf", access_url="https://a.example.org/c.cdf")
    whole = PublishedSimulation(obs_id="o", granules=(picture, listed, fetched))
    assert (whole.cdf, whole.shown) == (fetched, fetched)
    part = PublishedSimulation(obs_id="o", granules=(picture, listed))
    assert (part.cdf, part.shown) == (None, picture)


def test_files_of_a_simulation_are_put_together() -> None:
    """In the order in which they come, and the simulations by their identifiers."""
    rows = [
        granule(granule_uid=uid, obs_id=obs) for uid, obs in (("3", "b"), ("1", "a"), ("2", "b"))
    ]
    found = [
        (each.obs_id, [one.granule_uid for one in each.granules]) for each in simulations_of(rows)
    ]
    assert found == [("a", ["1"]), ("b", ["3", "2"])]


def test_a_row_tells_when_its_data_begin_and_end() -> None:
    """To the second, or not at all."""
    row = granule(time_min=2451545.0, time_max=2451545.25)
    assert (row.start, row.end) == (
        datetime(2000, 1, 1, 12, tzinfo=UTC),
        datetime(2000, 1, 1, 18, tzinfo=UTC),
    )
    assert (granule().start, granule().end) == (None, None)
    assert julian_date(date(2000, 1, 1)) == 2451544.5
