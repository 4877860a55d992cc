"""A TAP service on loopback: it answers the queries of clients from a table of EPNcore, in SQL.

The files of the tree that was published are served beside it, as a web server would.
"""

import io
import re
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import uvicorn
from astropy.io.votable import tree
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from prefect_expres.archive import Publication
from prefect_expres.archive.columns import COLUMNS, Row
from prefect_expres.archive.table import rows_in
from prefect_expres.sandbox.serving import _bound

SQL_TYPES = {"text": "TEXT", "timestamp": "TEXT", "integer": "INTEGER"}
_TOP = re.compile(r"SELECT TOP (\d+) (.*)", re.DOTALL)
MOST = 100_000
Answer = Callable[[dict[str, str]], Response | None]


def as_it_is(asked: dict[str, str]) -> None:
    """Leave an answer as it is."""


class TapService:
    """The service and its files.

    Args:
        root: The folder that is published.

    Attributes:
        url: Its address; the files are at ``url`` without ``/tap``, then ``/data``.
        queries: The queries that were asked.
        largest: Rows that it gives at most, whatever is asked for.
        answer: Replaces answers; None leaves an answer as it is.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.host = ""
        self.queries: list[str] = []
        self.largest = MOST
        self.answer: Answer = as_it_is
        self.columns = [column.name for column in COLUMNS]
        self.hidden: set[str] = set()
        self._rows: list[Row] = []

    @property
    def url(self) -> str:
        """The address of the TAP service."""
        return f"{self.host}/tap"

    @property
    def files(self) -> str:
        """The address of the files."""
        return f"{self.host}/data"

    def reset(self) -> None:
        """Read the table that was published last, and answer as it is."""
        self.queries, self.largest, self.answer, self.hidden = [], MOST, as_it_is, set()
        self._rows = rows_in((self.root / "epn_core/latest/epn_core.parquet").read_bytes())

    def change(self, changed: Callable[[Row], Row]) -> None:
        """Change every row."""
        self._rows = [changed(row) for row in self._rows]

    def repeat(self, count: int) -> None:
        """Have so many rows, each with an identifier of its own."""
        self._rows = [
            row | {"granule_uid": f"{number:06}-{row['granule_uid']}", "obs_id": f"sim-{number:06}"}
            for number in range(count // len(self._rows) + 1)
            for row in self._rows
        ][:count]

    def app(self) -> Starlette:
        """Give the application."""
        return Starlette(
            routes=[
                Route("/tap/sync", self._sync, methods=["GET", "POST"]),
                Mount("/data", StaticFiles(directory=self.root, follow_symlink=True)),
            ]
        )

    def _sync(self, request: Request) -> Response:
        asked = {name.upper(): value for name, value in request.query_params.items()}
        self.queries.append(asked["QUERY"])
        return self.answer(asked) or self._evaluated(asked)

    def _evaluated(self, asked: dict[str, str]) -> Response:
        most = min(int(asked.get("MAXREC", self.largest)), self.largest)
        try:
            names, rows = self._select(asked["QUERY"])
        except sqlite3.Error as fault:
            return votable_error(str(fault), status=400)
        if "TAP_SCHEMA" in asked["QUERY"]:
            most = MOST
        status = "OVERFLOW" if len(rows) > most else "OK"
        return Response(votable(names, rows[:most], status), media_type=VOTABLE)

    def _select(self, query: str) -> tuple[list[str], list[tuple[Any, ...]]]:
        """Evaluate a query: SQLite knows what ADQL asks here, but for TOP."""
        if top := _TOP.fullmatch(query):
            query = f"SELECT {top[2]} LIMIT {top[1]}"
        with closing(sqlite3.connect(":memory:")) as database:
            database.execute("PRAGMA case_sensitive_like = ON")
            database.execute("ATTACH ':memory:' AS expres")
            database.execute("ATTACH ':memory:' AS TAP_SCHEMA")
            database.execute("CREATE TABLE TAP_SCHEMA.columns (table_name TEXT, column_name TEXT)")
            there = [column for column in COLUMNS if column.name not in self.hidden]
            database.executemany(
                "INSERT INTO TAP_SCHEMA.columns VALUES ('expres.epn_core', ?)",
                [(column.name,) for column in there],
            )
            kinds = ", ".join(f"{each.name} {SQL_TYPES.get(each.kind, 'REAL')}" for each in there)
            database.execute(f"CREATE TABLE expres.epn_core ({kinds})")
            marks = ", ".join("?" * len(there))
            database.executemany(
                f"INSERT INTO expres.epn_core VALUES ({marks})",
                [tuple(_stored(row.get(each.name)) for each in there) for row in self._rows],
            )
            found = database.execute(query)
            return [name for name, *_ in found.description], found.fetchall()


VOTABLE = "application/x-votable+xml"
_KINDS = {column.name: column.kind for column in COLUMNS}
_FIELDS = {"integer": ("int", None), "double": ("double", None), "float": ("float", None)}


def votable(names: list[str], rows: list[tuple[Any, ...]], status: str = "OK") -> bytes:
    """Write an answer."""
    document = tree.VOTableFile(version="1.4")
    resource = tree.Resource(type="results")
    resource.infos.append(tree.Info(name="QUERY_STATUS", value=status))
    table = tree.TableElement(document)
    for name in names:
        datatype, arraysize = _FIELDS.get(_KINDS.get(name, "text"), ("unicodeChar", "*"))
        table.fields.append(
            tree.Field(document, name=name, ID=name, datatype=datatype, arraysize=arraysize)
        )
        if datatype == "int":
            table.fields[-1].values.null = -1
    table.create_arrays(len(rows))
    for at, row in enumerate(rows):
        empty = [("" if f.datatype == "unicodeChar" else -1) for f in table.fields]
        table.array[at] = tuple(
            no if value is None else value for value, no in zip(row, empty, strict=True)
        )
        table.array.mask[at] = tuple(value is None for value in row)
    resource.tables.append(table)
    document.resources.append(resource)
    content = io.BytesIO()
    document.to_xml(content)
    return content.getvalue()


def votable_error(reason: str, status: int = 200) -> Response:
    """Tell an error as DALI says."""
    content = (
        '<VOTABLE version="1.3" xmlns="http://www.ivoa.net/xml/VOTable/v1.3">'
        f'<RESOURCE type="results"><INFO name="QUERY_STATUS" value="ERROR">{reason}</INFO>'
        "</RESOURCE></VOTABLE>"
    )
    return Response(content, status, media_type=VOTABLE)


def _stored(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def publication_at(root: Path, url: str) -> Publication:
    """Say where a folder is published."""
    return Publication(folder=str(root), url=url, publisher="Tests & Co", creator="Tester, A.")


@contextmanager
def serving_tap(root: Path) -> Iterator[TapService]:
    """Serve a folder that is published, or will be, and its table."""
    service = TapService(root)
    root.mkdir(exist_ok=True)
    listening = _bound("127.0.0.1", 0)
    service.host = f"http://127.0.0.1:{listening.getsockname()[1]}"
    server = uvicorn.Server(
        uvicorn.Config(service.app(), log_level="error", timeout_graceful_shutdown=1)
    )
    thread = threading.Thread(target=lambda: server.run(sockets=[listening]), daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    try:
        yield service
    finally:
        server.should_exit = True
        thread.join()
        listening.close()
