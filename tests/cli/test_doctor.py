"""The commands ``doctor`` and ``sandbox status``."""

import asyncio
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from prefect_expres.sandbox.serving import SandboxServer
from tests.support.certificates import Authority
from tests.support.command_line import run
from tests.support.full_disk import no_files_above
from tests.support.older_opus import older_opus
from tests.support.raw_server import raw_server
from tests.support.service_user import ServiceUser
from tests.support.uws_documents import jobs_document

TOKEN = "t0ken-of-ann"


def findings(*words: object) -> tuple[int, dict[str, dict[str, Any]]]:
    """Run the doctor and give the exit code and each finding by what it is about."""
    done = run("doctor", *words, "--json")
    assert TOKEN not in done.out + done.err
    return done.code, {each["what"]: each for each in done.found}


@pytest.fixture(autouse=True)
def without_prefect_server(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Let no Prefect server of this machine be found."""
    monkeypatch.delenv("PREFECT_API_URL", raising=False)
    monkeypatch.setenv("PREFECT_HOME", str(tmp_path / "prefect"))
    monkeypatch.setenv("PREFECT_PROFILES_PATH", str(tmp_path / "prefect" / "profiles.toml"))


def test_all_is_well(service: SandboxServer, tmp_path: Path) -> None:
    """The service answers, and in its dialect; nothing is left behind."""
    code, found = findings("--output", tmp_path / "new" / "out")
    assert code == 0
    assert found["job list"]["verdict"] == "ok"
    assert found["service"]["seen"].startswith(service.jobs_url())
    assert found["extra sandbox"]["verdict"] == "ok"
    assert found["output"]["verdict"] == "ok"
    assert not (tmp_path / "new" / "out").exists()
    assert all(each["verdict"] == "ok" or each["fix"] for each in found.values())


def test_credentials_are_tried(service: SandboxServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """The list is asked for as the user, and where the token is from is told, not the token."""
    monkeypatch.setenv("EXPRES_USER", "ann")
    monkeypatch.setenv("EXPRES_TOKEN", TOKEN)
    with ServiceUser(service.url, "ann") as ann:
        ann.create()
    code, found = findings()
    assert code == 0
    assert found["user"]["seen"] == "ann, token from EXPRES_TOKEN"


def test_a_missing_token_is_told(quick_opus: SandboxServer) -> None:
    """With every way to fix it, and without a question."""
    code, found = findings("--url", quick_opus.url, "--user", "ann")
    assert code == 1
    assert found["user"]["verdict"] == "fail"
    assert "keyring set" in found["user"]["fix"]


def test_what_is_broken_is_told(tmp_path: Path) -> None:
    """No service, no folder: each line says how to fix it, and the exit code is 1."""
    blocked = tmp_path / "file"
    blocked.write_text("")
    code, found = findings("--output", blocked / "out")
    assert code == 1
    assert found["service"]["verdict"] == "fail"
    assert "EXPRES_URL" in found["service"]["seen"]
    assert found["output"]["verdict"] == "fail"


def test_an_output_that_takes_nothing_is_told(tmp_path: Path) -> None:
    """The folder that was made to try it is removed all the same."""
    with no_files_above(0):
        _, found = findings("--output", tmp_path / "new")
    assert found["output"]["verdict"] == "fail"
    assert "File too large" in found["output"]["seen"]
    assert not (tmp_path / "new").exists()


def test_a_service_that_is_no_uws(quick_opus: SandboxServer) -> None:
    """The address is doubted."""
    code, found = findings("--url", f"{quick_opus.url}/jdl/ExPRES/json")
    assert code == 1
    assert "address" in found["job list"]["fix"]


def test_a_prefect_server_that_is_away(quick_opus: SandboxServer) -> None:
    """Its address is told, and how to start or name one."""
    done = subprocess.run(
        [sys.executable, "-m", "prefect_expres.cli.main", "doctor", "--url", quick_opus.url],
        env=os.environ | {"PREFECT_API_URL": "http://me:pa55word@127.0.0.1:1/api"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 1
    assert re.search(r"fail +Prefect .*127\.0\.0\.1:1/api does not answer", done.stdout)
    assert "prefect server start" in done.stdout
    assert "pa55word" not in done.stdout + done.stderr


def test_a_sandbox_tells_its_jobs(sandbox: SandboxServer) -> None:
    """Jobs are counted by list and phase."""
    with ServiceUser(sandbox.url) as guest:
        guest.create()
        guest.create()
        guest.until(guest.run(), "COMPLETED")
    done = run("sandbox", "status", "--url", sandbox.url, "--json")
    assert done.found["jobs"] == {"ExPRES": {"PENDING": 2, "COMPLETED": 1}, "ExPRES-dev": {}}
    shown = run("sandbox", "status", "--url", sandbox.url).out
    assert "3 jobs of guests" in shown
    assert re.search(r"ExPRES +PENDING +2", shown)


async def test_list_of_an_older_opus_is_found(service: SandboxServer) -> None:
    """Under /uws/, where there is none under /rest/; other commands find it, too."""
    async with older_opus(service.url) as older:
        done = await asyncio.to_thread(run, "doctor", "--url", older.url, "--json")
        made = await asyncio.to_thread(run, "jobs", "new", "branch=master", "--url", older.url)
        phase = await asyncio.to_thread(run, "jobs", "phase", made.out.strip(), "--url", older.url)
    (found,) = (each for each in done.found if each["what"] == "job list")
    assert found["verdict"] == "ok"
    assert f"found at {older.url}/uws/ExPRES" in found["seen"]
    assert found["fix"].endswith(f"--url {older.url}/uws/ExPRES")
    assert made.out.startswith(f"{older.url}/uws/ExPRES/")
    assert phase.out == "PENDING\n"


async def test_unknown_authority_is_told_with_its_fix(
    service: SandboxServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And with the variable set, the same service is well."""
    authority = Authority.make(tmp_path)
    async with raw_server(authority.server_context("127.0.0.1")) as raw:
        raw.add("/rest/ExPRES", jobs_document("", "1.1"))
        raw.add("/jdl/ExPRES/json", b"", status="404 Not Found")
        before = await asyncio.to_thread(run, "doctor", "--url", raw.url, "--json")
        monkeypatch.setenv("EXPRES_CA_BUNDLE", str(authority.bundle))
        after = await asyncio.to_thread(run, "doctor", "--url", raw.url, "--json")
        listed = await asyncio.to_thread(run, "jobs", "list", "--url", raw.url)
    (wrong,) = (each for each in before.found if each["what"] == "job list")
    assert wrong["verdict"] == "fail"
    assert "EXPRES_CA_BUNDLE" in wrong["fix"]
    (right,) = (each for each in after.found if each["what"] == "job list")
    assert (right["verdict"], right["seen"]) == ("ok", "UWS 1.1, 0 jobs of this user")
    assert listed.code == 0


def test_sandbox_has_a_thread_at_least() -> None:
    """A service without a thread would answer nobody."""
    done = run("sandbox", "serve", "--threads", "0")
    assert done.code != 0
    assert "Must be >= 1" in done.out + done.err
