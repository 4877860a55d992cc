"""A Prefect server that is named and does not answer is told before anything begins."""

from pathlib import Path

from prefect_expres.examples import __file__ as examples
from tests.support.processes import Child, home_environment

EXAMPLE = Path(examples).with_name("earth-jupiter-io-20180913.json")
DEAD = "http://127.0.0.1:9"


def test_the_paragraph_and_the_exit_code(tmp_path: Path) -> None:
    """The message says which server, and the ways out."""
    command = ["-m", "prefect_expres.cli.main", "simulate", str(EXAMPLE), "--url", DEAD]
    environment = home_environment(tmp_path) | {"PREFECT_API_URL": f"{DEAD}/api"}
    options = ["--output", str(tmp_path / "results")]
    with Child([*command, *options], tmp_path / "command.log", environment) as child:
        assert child.end(100) == 8, child.output
    assert f"Prefect's server at {DEAD}/api does not answer. Start it" in child.output
    assert not (tmp_path / "results").exists()
