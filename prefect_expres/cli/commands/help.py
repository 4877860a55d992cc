"""The command ``prefect-expres help``: the sections of the page on the command line."""

import re
from importlib.resources import files

from prefect_expres.cli.console.printing import say
from prefect_expres.errors import UsageError

_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


def help_about(topic: str | None = None, /) -> None:
    """Show a section of the page on the command line, as exit-codes or profiles.

    Args:
        topic: The section; without one, all of them are named.
    """
    sections = _sections()
    if topic is None:
        say("\n".join(sections))
    elif topic.lower() in sections:
        say(sections[topic.lower()])
    else:
        raise UsageError(f"There is no topic {topic!r}; choose one of {', '.join(sections)}")


def _sections() -> dict[str, str]:
    """Return the sections of the page by their headings, as a web page has them in addresses."""
    page = files("prefect_expres.cli").joinpath("commands.md").read_text(encoding="utf-8")
    starts = [found.start() for found in _HEADING.finditer(page)]
    texts = [
        page[start:end].strip() for start, end in zip(starts, [*starts[1:], None], strict=True)
    ]
    return {_slug(text.splitlines()[0]): text for text in texts[1:]}


def _slug(heading: str) -> str:
    return "-".join(heading.strip("# ").lower().split())
