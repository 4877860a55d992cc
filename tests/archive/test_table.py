"""The table: valid VOTable, the columns of EPN-TAP 2.0, and a descriptor that says the same."""

import io
import re
import warnings
from datetime import UTC, datetime
from pathlib import Path
from xml.etree import ElementTree as ET

import numpy as np
import pyarrow.parquet as pq
import pytest
from astropy.io import votable
from astropy.io.votable.ucd import check_ucd
from astropy.units import Unit

from prefect_expres.archive import Publication
from prefect_expres.archive.columns import COLUMNS, MANDATORY, OPTIONAL, OWN, UTYPE
from prefect_expres.archive.descriptor import descriptor_of
from prefect_expres.archive.table import parquet_of, rows_in, votable_of
from tests.support.tap_server import TapService

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
HERE = Publication(folder="x", url="https://data.example.org", creator="A <b> & C", title='"T"')
ALL = HERE.model_copy(
    update={"publisher": "P", "contact": "c@example.org", "reference": "R", "schema_name": "s"}
)
STANDARD = Path(__file__).parent.parent / "data" / "epntap-2.0.csv"


def standard() -> dict[str, tuple[str, str, str, bool]]:
    """Read name, type, unit, UCD of the standard's columns, and whether they are mandatory."""
    lines = STANDARD.read_text().splitlines()[1:]
    rows = (line.split(",") for line in lines)
    return {name: (kind, unit, ucd, must == "yes") for name, kind, unit, ucd, must in rows}


def test_all_columns_are_those_of_the_standard() -> None:
    """Name, type, unit and UCD; the mandatory ones are all there, in its order."""
    known = standard()
    assert [column.name for column in MANDATORY] == [
        name for name, (*_, mandatory) in known.items() if mandatory
    ]
    for column in (*MANDATORY, *OPTIONAL):
        assert (column.kind, column.unit, column.ucd) == known[column.name][:3], column.name
    assert not {column.name for column in OWN} & known.keys()


RANGES = {
    "time_sampling_step_": "step of time",
    "time_exp_": "integration time",
    "spectral_range_": "frequency",
    "spectral_sampling_step_": "step of frequency",
    "spectral_resolution_": "resolving power",
    "incidence_": "incidence angle",
    "emergence_": "emergence angle",
    "phase_": "phase angle",
    **{f"c{axis}": f"value of coordinate {axis}; there is none" for axis in (1, 2, 3)},
}


def test_both_ends_of_a_range_are_described_alike() -> None:
    """One is the smallest, the other the largest of the same."""
    about = {column.name: column.description for column in COLUMNS}
    for name, words in RANGES.items():
        ends = [about[f"{name}{end}"] for end in ("min", "max")]
        assert ends == [f"Smallest {words}", f"Largest {words}"]
    for axis in (1, 2, 3):
        for end in ("min", "max"):
            assert about[f"c{axis}_resol_{end}"] == f"Resolution of coordinate {axis}, {end}"


@pytest.mark.parametrize("column", COLUMNS, ids=lambda column: column.name)
def test_ucds_and_units_are_valid(column: object) -> None:
    """In the controlled vocabularies of the virtual observatory."""
    assert not column.ucd or check_ucd(column.ucd, check_controlled_vocabulary=True)
    assert not column.unit or Unit(column.unit, format="vounit")


def test_the_votable_is_valid(tap: TapService) -> None:
    """The validator of Astropy finds nothing, and nothing is warned of."""
    path = tap.root / "epn_core" / "latest" / "epn_core.vot"
    said = io.StringIO()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert votable.validate(path, said, xmllint=False)
        table = votable.parse(path, verify="exception").get_first_table()
    assert "found no violations" in said.getvalue()
    assert table.utype == UTYPE
    assert [field.name for field in table.fields] == [column.name for column in COLUMNS]
    for field, column in zip(table.fields, COLUMNS, strict=True):
        assert (field.ucd or "", str(field.unit or "")) == (column.ucd, column.unit)
        assert field.description == column.description
        assert field.xtype == ("timestamp" if column.kind == "timestamp" else None)
        assert (field.values.null is not None) == (column.kind == "integer")


def test_votable_and_parquet_say_the_same(tap: TapService) -> None:
    """Values and what is empty; Parquet tells units and UCDs as well."""
    folder = tap.root / "epn_core" / "latest"
    table = votable.parse(folder / "epn_core.vot").get_first_table().to_table()
    parquet = pq.read_table(folder / "epn_core.parquet")
    assert len(table) == parquet.num_rows == 15
    for row, other in zip(table, parquet.to_pylist(), strict=True):
        for column in COLUMNS:
            seen, wanted = row[column.name], other[column.name]
            if column.kind == "timestamp":
                assert seen == f"{wanted:%Y-%m-%dT%H:%M:%S}"
            elif wanted is None:
                assert np.ma.is_masked(seen) or seen == ""
            else:
                assert seen == wanted
    field = parquet.schema.field("spectral_range_min")
    assert field.metadata[b"unit"] == b"Hz"
    assert field.metadata[b"ucd"] == b"em.freq;stat.min"


def test_an_empty_table_is_valid() -> None:
    """A folder may be published before there are simulations."""
    assert rows_in(parquet_of([])) == []
    document = votable_of([], HERE, NOW)
    assert len(votable.parse(io.BytesIO(document), verify="exception").get_first_table().array) == 0


def test_what_is_empty_is_empty_in_the_votable() -> None:
    """Whatever the column holds, and nothing stands for it."""
    document = votable_of([{"granule_uid": "a"}], HERE, NOW)
    table = votable.parse(io.BytesIO(document), verify="exception").get_first_table()
    (row,) = table.to_table()
    for column in COLUMNS[1:]:
        assert np.ma.is_masked(row[column.name]) or row[column.name] == "", column.name
    assert b"nan" not in document.lower().partition(b"<tabledata>")[2]


def test_the_descriptor_is_well_formed_and_complete() -> None:
    """It has all columns, by DaCHS's mixin or itself, and hides no character."""
    root = ET.fromstring(descriptor_of(HERE, NOW, "epn_core.vot"))
    assert root.get("schema") == "expres"
    assert "contact.email" not in {each.get("name") for each in root.iter("meta")}
    (mixin,) = root.iter("mixin")
    assert mixin.text == "//epntap2#table-2_0"
    assert mixin.get("optional_columns", "").split() == [column.name for column in OPTIONAL]
    assert [each.get("name") for each in root.iter("column")] == [column.name for column in OWN]
    bound = {str(each.get("name")): each.text for each in root.iter("bind")}
    assert bound == {name: f"@{name}" for name in bound}
    framed = re.compile(r"c\d.*|s_region|spatial_frame_type")
    assert bound.keys() == {c.name for c in MANDATORY if not framed.fullmatch(c.name)}


def test_the_descriptor_says_whose_the_table_is() -> None:
    """In the words of DaCHS, and where the table is read from."""
    root = ET.fromstring(descriptor_of(ALL, NOW, "a&b.vot"))
    meta = {each.get("name"): each.text for each in root.iter("meta")}
    assert str(meta.pop("description")).startswith("Visible radio emission of magnetised planets")
    assert meta == {
        "title": '"T"',
        "creator": "A <b> & C",
        "publisher": "P",
        "source": "R",
        "contact.email": "c@example.org",
        "creationDate": "2026-01-02T03:04:05Z",
        "subject": "planetary-magnetospheres",
        "instrument": "ExPRES",
        "type": "Catalog",
        "contentLevel": "Research",
        "coverage.waveband": "Radio",
    }
    assert root.get("schema") == "s"
    (sources,) = root.iter("sources")
    assert sources.text == "a&b.vot"
    assert root.find("data/voTableGrammar") is not None
    assert not any((each.tail or "").strip() for each in root.iter())
    (make,) = root.iter("make")
    assert make.get("table") == root.findall("table")[0].get("id") == "epn_core"
    own = {each.get("name"): each for each in root.iter("column")}
    for column in OWN:
        assert column.kind == "text"
        assert own[column.name].attrib == {
            "name": column.name,
            "type": "text",
            "ucd": column.ucd,
            "description": column.description,
        }


def test_the_votable_says_whose_it_is() -> None:
    """Title, publisher, reference and time; what is empty is left out."""
    file = votable.parse(io.BytesIO(votable_of([], ALL, NOW)))
    (resource,) = file.resources
    assert file.description == '"T"'
    assert {each.name: each.value for each in resource.infos} == {
        "publisher": "P",
        "reference": "R",
        "created": "2026-01-02T03:04:05",
    }
    assert file.get_first_table().name == "s.epn_core"
    nobody = votable.parse(io.BytesIO(votable_of([], HERE, NOW)))
    assert "publisher" not in {each.name for each in nobody.resources[0].infos}


def test_parquet_tells_what_columns_mean() -> None:
    """Unit, UCD and words, as far as there are any."""
    schema = pq.read_schema(io.BytesIO(parquet_of([])))
    for column in COLUMNS:
        facts = {"unit": column.unit, "ucd": column.ucd, "description": column.description}
        said = {name.encode(): fact.encode() for name, fact in facts.items() if fact}
        assert schema.field(column.name).metadata == said
    assert schema.field("time_exp_min").metadata[b"description"] == b"Smallest integration time"
    assert schema.field("c3max").metadata[b"description"].startswith(b"Largest value of coord")
