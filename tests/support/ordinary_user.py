"""Processes without root's privileges: files and folders are written only where modes allow it."""

import os
import shutil

import pytest


def unprivileged(*command: str) -> list[str]:
    """Give the command that runs a command without privileges, whoever runs the tests."""
    if os.geteuid() != 0:
        return list(command)
    if not (tool := shutil.which("setpriv")):
        pytest.skip("root's privileges are dropped with setpriv, of util-linux")
    return [tool, "--bounding-set=-all", "--inh-caps=-all", *command]
