"""The commands ``archive``: search, get and publish, as their user types them."""

from pathlib import Path

import pytest

from tests.support.command_line import run
from tests.support.tap_server import TapService

NAME = "expres_earth_jupiter_io_jrm09_lossc-wid1deg_3kev_rx_20180913_v14"
DAYS = ("--from", "2018-09-13", "--to", "2018-09-14")


def test_what_is_published_is_listed(tap: TapService) -> None:
    """A line for each simulation; programs get all rows."""
    words = ("archive", "search", *DAYS, "--observer", "Earth", "--moon", "Io")
    done = run(*words, "--archive", tap.url)
    assert (done.code, done.err) == (0, "")
    (line,) = (line for line in done.out.splitlines() if NAME in line)
    assert line.split()[1:9] == [
        *("2018-09-13", "00:00", "2018-09-13", "12:00", "1.00", "-", "40.00", "5"),
    ]
    assert "2 simulations, 10 files" in done.out
    found = run(*words, "--archive", tap.url, "--json").found
    assert found["simulations"][0]["obs_id"] == NAME
    assert found["complete"] is True


def test_that_there_is_more_is_said(tap: TapService) -> None:
    """Beside the result."""
    tap.repeat(100)
    done = run("archive", "search", *DAYS, "--archive", tap.url, "--most", 20)
    assert done.code == 0
    assert "There are more: these are from the first 20 rows" in done.err


def test_a_simulation_comes_home(tap: TapService, tmp_path: Path) -> None:
    """It is told what of each file was checked."""
    done = run("archive", "get", NAME, "-o", tmp_path, "--archive", tap.url)
    assert done.code == 0
    assert f"{NAME}.cdf" in done.out
    assert "checked: checksum, size, time, frequency, observer, source" in done.out
    assert (tmp_path / NAME / "published.json").is_file()


def test_simulations_are_published(served_archive: tuple[Path, TapService], tmp_path: Path) -> None:
    """With a table for DaCHS; once more changes nothing."""
    words = ("archive", "publish", served_archive[0], "--to", tmp_path / "www")
    done = run(*words, "--address", "https://data.example.org/expres", "--publisher", "Us")
    assert done.code == 0
    assert "3 simulations; 3 in all" in done.out
    assert (tmp_path / "www/epn_core/latest/q.rd").is_file()
    again = run(*words, "--address", "https://data.example.org/expres", "--json")
    assert again.found["rows"] == 15


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("search", "--from", "2018-09-13", "--archive", "tap.example"), "url: give the http: or"),
        (("search", "--from", "2018-09-13", "--table", "a b"), "table: give the name of a table"),
        (("search", "--from", "2018-09-13", "--moon", "%"), "is no moon; give its name"),
        (("get",), "requires an argument"),
        (("publish", "x"), "Give --to FOLDER, and --address URL"),
        (("publish", "x", "--to", "y"), "--to and --address go together"),
        (
            ("publish", "nothing", "--to", "y", "--address", "https://a.example"),
            "There are no complete simulations in nothing",
        ),
        (("publish", "x", "--to", "y", "--address", "a.example"), "url: give the http: or https:"),
    ],
)
def test_what_is_wrong_is_said_with_exit_code_2(
    words: tuple[str, ...], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is asked, and nothing is written."""
    monkeypatch.chdir(tmp_path)
    done = run("archive", *words)
    assert (done.code, done.out) == (2, "")
    assert said in done.err
    assert list(tmp_path.iterdir()) == []
