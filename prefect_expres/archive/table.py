"""Write the table of EPNcore: as VOTable for the virtual observatory, as Parquet for programs."""

import io
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from prefect_expres.archive.columns import COLUMNS, UTYPE, Column, Kind, Row
from prefect_expres.archive.publication import Publication

_VOTABLE: dict[Kind, tuple[str, str | None]] = {
    "text": ("unicodeChar", "*"),
    "timestamp": ("char", "*"),
    "integer": ("int", None),
    "double": ("double", None),
    "float": ("float", None),
}
_NULL = -2147483648


def votable_of(rows: Sequence[Row], publication: Publication, made: datetime) -> bytes:
    """Write rows as VOTable 1.4.

    Args:
        rows: The rows.
        publication: Whose they are.
        made: When.
    """
    from astropy.io.votable import tree  # noqa: PLC0415 - slow, and an extra

    document = tree.VOTableFile(version="1.4")
    document.description = publication.title
    resource = tree.Resource()
    table = tree.TableElement(document, name=f"{publication.schema_name}.epn_core", utype=UTYPE)
    table.fields.extend(_field(document, column) for column in COLUMNS)
    table.create_arrays(len(rows))
    for at, row in enumerate(rows):
        values = [row.get(column.name) for column in COLUMNS]
        table.array[at] = tuple(map(_cell, values, COLUMNS))
        table.array.mask[at] = tuple(value is None for value in values)
    resource.tables.append(table)
    document.resources.append(resource)
    infos = {"publisher": publication.publisher, "reference": publication.reference}
    for name, value in {**infos, "created": _stamp(made)}.items():
        if value:
            resource.infos.append(tree.Info(name=name, value=value))
    content = io.BytesIO()
    document.to_xml(content)
    return content.getvalue()


def parquet_of(rows: Sequence[Row]) -> bytes:
    """Write rows as Parquet; each column tells its unit, its UCD and what it means."""
    import pyarrow as pa  # noqa: PLC0415 - an extra
    import pyarrow.parquet as pq  # noqa: PLC0415 - an extra

    kinds = {
        "text": pa.string(),
        "timestamp": pa.timestamp("s", tz="UTC"),
        "integer": pa.int32(),
        "double": pa.float64(),
        "float": pa.float32(),
    }
    schema = pa.schema(
        [pa.field(each.name, kinds[each.kind], metadata=_about(each)) for each in COLUMNS]
    )
    content = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(list(rows), schema), content)
    return content.getvalue()


def rows_in(parquet: bytes) -> list[Row]:
    """Read rows that `parquet_of` wrote."""
    import pyarrow.parquet as pq  # noqa: PLC0415 - an extra

    rows: list[Row] = pq.read_table(io.BytesIO(parquet)).to_pylist()
    return rows


def _field(document: Any, column: Column) -> Any:
    from astropy.io.votable import tree  # noqa: PLC0415 - slow, and an extra

    datatype, arraysize = _VOTABLE[column.kind]
    field = tree.Field(
        document,
        name=column.name,
        ID=column.name,
        datatype=datatype,
        arraysize=arraysize,
        unit=column.unit or None,
        ucd=column.ucd or None,
        xtype="timestamp" if column.kind == "timestamp" else None,
    )
    field.description = column.description
    if column.kind == "integer":
        field.values.null = _NULL
    return field


def _cell(value: Any, column: Column) -> Any:
    """Give a value as the array of the table takes it."""
    if column.kind == "timestamp":
        return _stamp(value) if value is not None else ""
    if column.kind == "text":
        return value or ""
    if value is None:
        return _NULL if column.kind == "integer" else float("nan")
    return value


def _stamp(moment: datetime) -> str:
    """Write a time as DALI does: ISO 8601, in UTC, without a zone."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%S}"


def _about(column: Column) -> dict[str, str]:
    facts = {"unit": column.unit, "ucd": column.ucd, "description": column.description}
    return {name: fact for name, fact in facts.items() if fact}
