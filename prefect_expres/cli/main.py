"""The command line ``prefect-expres``.

Each command is imported only when it runs, so that ``--help`` is fast.
"""

import gc
import os
import sys
from collections.abc import Sequence
from inspect import getdoc
from typing import Annotated

from cyclopts import App, CycloptsError, Group, Parameter

import prefect_expres
from prefect_expres.cli.console.exit_codes import Exit, Interruption, exit_code, print_error
from prefect_expres.cli.console.printing import escape_what_cannot_be_printed, note
from prefect_expres.cli.console.signals import signals_end

_OBJECTS_BETWEEN_COLLECTIONS = 20_000
"""Imports make many objects and hardly any garbage: looking for it took a sixth of their time."""

_SIMULATE = Group("Simulate", sort_key=1)
_SERVICE = Group("Work with a service", sort_key=2)
_RESULTS = Group("Show results", sort_key=3)
_MACHINE = Group("On this machine", sort_key=4)
_ALWAYS = Group("With every command", sort_key=9)
_ABOUT = Group("About", sort_key=10)

# Name, module and function, group, and the help in the list of commands.
_COMMANDS = (
    ("simulate", "simulate:simulate", _SIMULATE, "Run a simulation and download its results."),
    ("preview", "preview:preview", _SIMULATE, "Show within seconds what a simulation will show."),
    ("campaign", "campaign:app", _SIMULATE, "Plan and run many simulations."),
    (
        "forecast",
        "forecast:forecast",
        _SIMULATE,
        "Publish what an observatory will see in the coming days.",
    ),
    ("identify", "identify:identify", _SIMULATE, "Find what made the arcs in an observation."),
    (
        "housekeeping",
        "housekeeping:housekeeping",
        _SERVICE,
        "Collect results that nobody downloaded, and delete old jobs.",
    ),
    ("config", "config:app", _SIMULATE, "Check, write and compare configurations."),
    ("ephemeris", "ephemeris:ephemeris", _SIMULATE, "Write an observer's ephemeris for ExPRES."),
    ("jobs", "jobs:app", _SERVICE, "List, create, run, follow, download, abort and delete jobs."),
    ("service", "service:app", _SERVICE, "Show what a service runs and what it allows."),
    ("profile", "profile:app", _SERVICE, "Show the named services of the profiles file."),
    (
        "archive",
        "archive:app",
        _RESULTS,
        "Find published simulations, bring them home, publish your own.",
    ),
    ("plot", "plots:plot", _RESULTS, "Draw the visible emission into a picture."),
    (
        "windows",
        "plots:windows",
        _RESULTS,
        "List when and at which frequencies emission is visible.",
    ),
    ("compare", "plots:compare", _RESULTS, "Compare two simulations."),
    (
        "observation",
        "observation:observation",
        _RESULTS,
        "Show what is in an observation, and draw it.",
    ),
    (
        "deploy",
        "deploy:deploy",
        _MACHINE,
        "Register block, work pool and deployments on a Prefect server.",
    ),
    (
        "doctor",
        "doctor:doctor",
        _MACHINE,
        "Check what is installed and reachable, and say what to do.",
    ),
    ("sandbox", "sandbox:app", _MACHINE, "Serve a small ExPRES engine as a local UWS service."),
    (
        "help",
        "help:help_about",
        _ABOUT,
        "Describe exit codes, profiles, tokens and environment variables.",
    ),
    ("demo", "demo:demo", _MACHINE, "Run the example simulation on a sandbox."),
)


def _shown_default(value: object) -> object:
    """Give a default as it is written on the command line; what is off or empty is not told."""
    if isinstance(value, tuple):
        return ", ".join(map(str, value)) or None
    return value or None


app = App(
    name="prefect-expres",
    help="Run ExPRES, the planetary radio emission simulator, on a UWS service from Prefect.",
    help_epilogue="prefect-expres help exit-codes, profiles or users-and-tokens says more.",
    version=lambda: prefect_expres.__version__,
    default_parameter=Parameter(negative=(), show_default=_shown_default),
    result_action="return_value",
    suppress_keyboard_interrupt=False,
)
app["--help"].group = app["--version"].group = _ABOUT
app.register_install_completion_command(group=_ABOUT, help="Set up tab completion for the shell.")
for _name, _target, _group, _help in _COMMANDS:
    app.command(f"prefect_expres.cli.commands.{_target}", name=_name, group=_group, help=_help)


@app.meta.default
def launch(
    *words: Annotated[str, Parameter(show=False, allow_leading_hyphen=True)],
    debug: Annotated[bool, Parameter(group=_ALWAYS)] = False,
) -> int:
    """Run a command. An error is shown as one paragraph and decides the exit code.

    Args:
        words: The command and its arguments.
        debug: Show the traceback of an error.
    """
    try:
        return app(words) or Exit.OK
    except Interruption as left:
        note(str(left))
    except KeyboardInterrupt:
        pass
    except BrokenPipeError:
        # The reader of our output has closed it; the interpreter would report this at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return Exit.FAILURE
    except CycloptsError:
        return Exit.USAGE
    except Exception as fault:  # noqa: BLE001 - the last resort: a paragraph instead of a traceback
        print_error(fault, debug=debug)
        return exit_code(fault)
    return Exit.INTERRUPTED


def _give_its_own_help(words: Sequence[str]) -> None:
    """Have the command that is asked tell all of itself, not only its line in the list."""
    for name in [word for word in words if not word.startswith("-")][:1]:
        if name in app and (function := app[name].default_command):
            app[name].help = getdoc(function)


def main(words: Sequence[str] | None = None) -> None:
    """Run the command line and end with its exit code."""
    gc.set_threshold(_OBJECTS_BETWEEN_COLLECTIONS)
    escape_what_cannot_be_printed()
    words = sys.argv[1:] if words is None else words
    _give_its_own_help(words)
    try:
        with signals_end():
            sys.exit(app.meta(words, exit_on_error=False, result_action="return_value"))
    except CycloptsError:
        sys.exit(Exit.USAGE)


if __name__ == "__main__":
    main()
