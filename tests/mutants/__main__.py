"""Run mutants, and end with a table, and with an error if too few are killed in an area.

``python -m tests.mutants --only uws,expres/rules --mutants 150 --minutes 30`` runs samples;
``--list`` shows what exists, and ``--replay ID`` runs one mutant and shows its diff and its tests.
"""

import argparse
import importlib
import os
import shutil
import sys
import threading
import time
from pathlib import Path

from rich.console import Console

from .areas import Area, Project, selects
from .equivalents import Equivalents
from .mutants import Mutant, mutants_of
from .reporting import enough, one_line, show, write_json
from .running import AreaReport, Runner
from .sampling import spread

HERE = Path(__file__).parent
WIDTH = 110
QUIET_ENVIRONMENT = {
    "MPLBACKEND": "Agg",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "PYTHONHASHSEED": "0",
}


def main(arguments: list[str] | None = None) -> int:
    """Do what the command line says; give the exit code."""
    options = _options().parse_args(arguments)
    project = Project.read(options.areas, options.root)
    equivalents = Equivalents.read(options.equivalent)
    found = {area: list(_mutants(area, options)) for area in project.areas}
    found = {area: mutants for area, mutants in found.items() if mutants}
    console = Console(width=None if sys.stdout.isatty() else WIDTH)
    if not found:
        console.print("No mutant is meant by that", style="red")
        return 2
    if options.list:
        _list(console, found)
        return 0
    equivalents.match(mutant for mutants in found.values() for mutant in mutants)
    folder = project.root / "build" / "mutants"
    _prepare(project, folder)
    runner = Runner(project, folder, equivalents, options.jobs)
    runner.temp.mkdir(parents=True, exist_ok=True)
    try:
        reports = _run(runner, found, options)
    finally:
        shutil.rmtree(runner.temp, ignore_errors=True)
    if options.replay:
        _show_replay(console, reports)
        return 0
    labels = {mutant.source.label for mutants in found.values() for mutant in mutants}
    errors = equivalents.errors(labels)
    if options.json:
        write_json(options.json, reports, errors)
    show(console, reports, errors)
    return 0 if all(map(enough, reports)) and not errors else 1


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.mutants", description=__doc__)
    parser.add_argument("--only", default="", help="areas, folders or modules, as uws,expres/rules")
    parser.add_argument("--mutants", type=int, default=150, help="how many to run in each area")
    parser.add_argument("--minutes", type=float, default=30.0, help="the time for all areas")
    parser.add_argument("--seed", default="1", help="another seed gives another sample")
    parser.add_argument("--jobs", type=int, default=2, help="how many mutants run at once")
    parser.add_argument("--json", type=_path, help="write the results to this file, too")
    parser.add_argument("--list", action="store_true", help="show the names of all mutants")
    parser.add_argument("--replay", metavar="ID", help="run this mutant; show its diff and its end")
    parser.add_argument("--root", type=_path, default=HERE.parent.parent, help="the project")
    parser.add_argument("--areas", type=_path, default=HERE / "areas.toml")
    parser.add_argument("--equivalent", type=_path, default=HERE / "equivalent.toml")
    return parser


def _path(text: str) -> Path:
    return Path(text).resolve()


def _mutants(area: Area, options: argparse.Namespace) -> list[Mutant]:
    """Give the mutants of an area that are asked for, in the order of the sample."""
    parts = [part for part in options.only.split(",") if part]
    sources = [
        source
        for source in area.sources
        if not parts or any(selects(part, area.name, source.label) for part in parts)
    ]
    mutants = [mutant for source in sources for mutant in mutants_of(source)]
    if options.replay:
        return [mutant for mutant in mutants if mutant.id == options.replay]
    return spread(mutants, options.seed)


def _list(console: Console, found: dict[Area, list[Mutant]]) -> None:
    for mutants in found.values():
        for mutant in sorted(mutants, key=lambda one: (one.source.label, one.place.line)):
            text = f"{mutant.id}  {mutant.place.line}: {one_line(mutant.diff())}"
            console.print(text, markup=False, soft_wrap=True)


def _prepare(project: Project, folder: Path) -> None:
    """Import what takes long to import, once for all children."""
    folder.mkdir(parents=True, exist_ok=True)
    os.environ.update(QUIET_ENVIRONMENT, PREFECT_HOME=str(folder / "prefect"))
    os.chdir(project.root)
    if str(project.root) not in sys.path:
        sys.path.insert(0, str(project.root))
    for name in project.preload:
        importlib.import_module(name)
    files = {source.path for area in project.areas for source in area.sources}
    loaded = {getattr(module, "__file__", None) for module in list(sys.modules.values())}
    early = sorted({str(file) for file in files} & {str(file) for file in loaded})
    if early:
        raise RuntimeError(f"preload imports what is to be changed: {', '.join(early)}")
    if threading.active_count() > 1:
        raise RuntimeError(f"preload starts threads, which no child has: {threading.enumerate()}")


def _run(
    runner: Runner, found: dict[Area, list[Mutant]], options: argparse.Namespace
) -> list[AreaReport]:
    """Run the areas one after the other; each gets its share of the time that is left."""
    end = time.monotonic() + 60 * options.minutes
    for area in found:
        runner.measure(area)
    reports = []
    for number, (area, mutants) in enumerate(found.items()):
        now = time.monotonic()
        deadline = now + (end - now) / (len(found) - number)
        reports.append(runner.run(area, mutants, options.mutants, deadline))
    return reports


def _show_replay(console: Console, reports: list[AreaReport]) -> None:
    for verdict in (verdict for report in reports for verdict in report.verdicts):
        console.print(f"{verdict.place}  {verdict.id}", markup=False, soft_wrap=True)
        for line in verdict.diff:
            console.print(f"    {line}", markup=False, soft_wrap=True)
        of_tests = f" of {verdict.tests} tests" if verdict.tests else ""
        test = f" in {verdict.test}" if verdict.test else ""
        console.print(
            f"{verdict.fate}{test}{of_tests}, {verdict.seconds} s", markup=False, soft_wrap=True
        )


if __name__ == "__main__":
    sys.exit(main())
