"""The resource descriptor by which GAVO DaCHS imports the table and serves it as EPN-TAP."""

from collections.abc import Iterator
from datetime import UTC, datetime
from xml.sax.saxutils import escape, quoteattr

from prefect_expres.archive.columns import MANDATORY, OPTIONAL, OWN, Column
from prefect_expres.archive.publication import Publication

_BY_THE_MIXIN = frozenset({"spatial_frame_type", "s_region"})
"""Columns that DaCHS fills from the frame of the table; a footprint is no text for it."""


def descriptor_of(publication: Publication, made: datetime, table: str) -> bytes:
    """Write ``q.rd``: metadata, the table with our own columns, and how its file is read.

    Args:
        publication: Whose the table is.
        made: When.
        table: Name of the VOTable, which is beside the descriptor.
    """
    mixed_in = f'spatial_frame_type="none" optional_columns="{_names(OPTIONAL)}"'
    lines = [
        f"<resource schema={quoteattr(publication.schema_name)}>",
        *_metadata(publication, made),
        '  <table id="epn_core" onDisk="True" adql="True" primary="granule_uid">',
        f"    <mixin {mixed_in}>//epntap2#table-2_0</mixin>",
        *map(_column, OWN),
        "  </table>",
        '  <data id="import">',
        f"    <sources>{escape(table)}</sources>",
        "    <voTableGrammar/>",
        '    <make table="epn_core">',
        '      <rowmaker idmaps="*">',
        '        <apply procDef="//epntap2#populate-2_0" name="fill">',
        *map(_bound, _filled()),
        "        </apply>",
        "      </rowmaker>",
        "    </make>",
        "  </data>",
        "</resource>",
    ]
    return ("\n".join(lines) + "\n").encode()


def _metadata(publication: Publication, made: datetime) -> Iterator[str]:
    facts = {
        "title": publication.title,
        "creationDate": f"{made.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
        "description": (
            "Visible radio emission of magnetised planets over time and frequency, simulated by "
            "ExPRES: one granule a file, one obs_id a simulation."
        ),
        "subject": "planetary-magnetospheres",
        "creator": publication.creator,
        "publisher": publication.publisher,
        "contact.email": publication.contact,
        "source": publication.reference,
        "instrument": "ExPRES",
        "contentLevel": "Research",
        "type": "Catalog",
        "coverage.waveband": "Radio",
    }
    for name, value in facts.items():
        if value:
            yield f"  <meta name={quoteattr(name)}>{escape(value)}</meta>"


def _filled() -> Iterator[Column]:
    """Give what the procedure of DaCHS fills; all others are taken by their names."""
    for column in MANDATORY:
        if column.ucd and column.name not in _BY_THE_MIXIN:
            yield column


def _names(columns: tuple[Column, ...]) -> str:
    return " ".join(column.name for column in columns)


def _column(column: Column) -> str:
    """Describe one of our own columns, which are texts."""
    return (
        f'    <column name="{column.name}" type="text" ucd="{column.ucd}" '
        f"description={quoteattr(column.description)}/>"
    )


def _bound(column: Column) -> str:
    return f'          <bind name="{column.name}">@{column.name}</bind>'
