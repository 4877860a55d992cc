"""How the documentation is built: ``make docs``."""

import builtins
import contextlib
import inspect
import re
from importlib import import_module
from pkgutil import walk_packages
from typing import Any, get_type_hints

from docutils import nodes
from pydantic import BaseModel
from sphinx.addnodes import pending_xref
from sphinx.application import Sphinx

import prefect_expres
from prefect_expres import flows

project = "prefect-expres"
version = release = prefect_expres.__version__

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
exclude_patterns = ["conf.py"]
myst_enable_extensions = ["attrs_inline", "colon_fence"]
myst_heading_anchors = 3

# Every reference must lead somewhere. Names of Python and of other packages have no page here, and
# the build asks no network for theirs.
nitpicky = True
default_role = "any"
PYTHON = ["asyncio", "collections", "contextlib", "datetime", "enum", "pathlib", "typing"]
OTHERS = ["httpx", "matplotlib", "numpy", "prefect", "pydantic", "xarray"]
nitpick_ignore_regex = [
    (r"py:.*", rf"({'|'.join(vars(builtins))})"),
    (r"py:.*", r"prefect_expres\.(blocks\.C|storage\.models\.Model)"),  # type variables
    # A generic model of Prefect: pydantic has it from the module that first says of what it is.
    (r"py:.*", r"prefect_expres\..*\.State"),
    (r"py:.*", rf"({'|'.join([*PYTHON, *OTHERS])})\..*"),
]

add_module_names = False
autodoc_member_order = "bysource"
autodoc_typehints = "description"
autodoc_typehints_description_target = "documented"
autodoc_default_options = {"exclude-members": "model_config, model_post_init"}
napoleon_numpy_docstring = False
napoleon_use_ivar = True

html_theme = "furo"
html_title = f"prefect-expres {release}"
html_show_copyright = False
html_copy_source = False


def setup(app: Sphinx) -> None:
    """Read docstrings as they are written here."""
    app.connect("builder-inited", plain_types)
    app.connect("autodoc-process-docstring", fences_as_rest, priority=400)
    app.connect("autodoc-process-docstring", fields_as_parameters, priority=600)
    app.connect("doctree-read", find_short_names)


def plain_types(app: Sphinx) -> None:
    """Leave out what pydantic checks beside a type: it is no part of the type."""
    for package in (prefect_expres, flows):
        for found in walk_packages(package.__path__, f"{package.__name__}."):
            for each in vars(import_module(found.name)).values():
                plain = inspect.unwrap(each) if callable(each) else each
                named = inspect.isclass(plain) or inspect.isfunction(plain)
                if named and plain.__module__ == found.name:
                    leave_types(plain)


def leave_types(annotated: Any) -> None:
    """Write the plain types into the annotations of a class or function."""
    # Commands name types that they import only when they run.
    with contextlib.suppress(NameError):
        hints, own = get_type_hints(annotated), annotated.__annotations__
        own.update({name: hints[name] for name in own})


def fences_as_rest(
    app: Sphinx, what: str, name: str, documented: Any, options: Any, lines: list[str]
) -> None:
    """Convert the fenced examples of blocks, which Prefect shows as Markdown, to directives.

    An empty comment stands before a property, where a colon would be read as the end of a type.
    """
    fence = re.compile(r"^( *)```(\w+)\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)

    def directive(found: re.Match[str]) -> str:
        code = "".join(f"    {line}\n" for line in found[3].splitlines())
        return f"{found[1]}.. code-block:: {found[2]}\n\n{code}"

    lines[:] = fence.sub(directive, "\n".join(lines)).split("\n")
    if what in {"attribute", "data", "property"}:
        lines[:0] = ["..", ""]


def fields_as_parameters(
    app: Sphinx, what: str, name: str, documented: Any, options: Any, lines: list[str]
) -> None:
    """List the fields of a model with their descriptions, where the docstring does not.

    Fields with an alias are those of the configuration file, which has a schema of its own.
    """
    told = any(line.startswith((":param", ":ivar")) for line in lines)
    if what == "class" and issubclass(documented, BaseModel) and not told:
        fields = documented.model_fields.items()
        said = {name: field.description or "" for name, field in fields if not field.alias}
        shown = (f":param {name}: {words}".replace("*", r"\*") for name, words in said.items())
        lines += ["", *shown, ""]


def find_short_names(app: Sphinx, doctree: nodes.document) -> None:
    """Let docstrings name things of other modules by their last name only."""
    for reference in doctree.findall(pending_xref):
        if reference.get("refdomain") == "py":
            reference["refspecific"] = True
