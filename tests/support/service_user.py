"""A user of the sandbox for tests: plain HTTP, so that nothing hides what the service says."""

import json
import os
import time
from pathlib import Path
from typing import Any, Self

import httpx
from lxml import etree

UWS = "{http://www.ivoa.net/xml/UWS/v1.0}"
DEADLINE_SECONDS = 20.0


class ServiceUser:
    """One user of one job list, as a context manager."""

    def __init__(
        self, url: str, name: str | None = None, job_list: str = "ExPRES", token: str = "token"
    ) -> None:
        self.list_path = f"/rest/{job_list}"
        auth = (name, token) if name else None
        self.http = httpx.Client(base_url=url, auth=auth, trust_env=False, verify=False, timeout=30)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.http.close()

    def get(self, path: str, **query: Any) -> httpx.Response:
        """Read a resource of a job, or the list if the path is empty."""
        return self.http.get(f"{self.list_path}/{path}".rstrip("/"), params=query or None)

    def post(self, path: str, **fields: str) -> httpx.Response:
        """Write a resource of a job."""
        return self.http.post(f"{self.list_path}/{path}", data=fields)

    def create_answer(self, orders: str = "", **fields: str) -> httpx.Response:
        """Ask for a job whose run does as it is ordered."""
        content = json.dumps({"SIMU": {"NAME": orders}}).encode()
        files = {"config": ("ok.json", content, "application/json")}
        return self.http.post(self.list_path, data={"branch": "master"} | fields, files=files)

    def create(self, orders: str = "", **fields: str) -> str:
        """Create a job and give its id."""
        answer = self.create_answer(orders, **fields)
        assert answer.status_code == 303, answer.text
        return answer.headers["location"].rpartition("/")[2]

    def run(self, orders: str = "", **fields: str) -> str:
        """Create a job, start it and give its id."""
        job_id = self.create(orders, **fields)
        answer = self.post(f"{job_id}/phase", PHASE="RUN")
        assert answer.status_code == 303, answer.text
        return job_id

    def phase(self, job_id: str) -> str:
        """Read a job's phase."""
        return self.get(f"{job_id}/phase").text

    def until(self, job_id: str, *phases: str) -> etree._Element:
        """Read a job until it is in one of the phases."""
        deadline = time.monotonic() + DEADLINE_SECONDS
        while self.phase(job_id) not in phases:
            assert time.monotonic() < deadline, f"{self.phase(job_id)}, not {phases}"
            time.sleep(0.02)
        return etree.fromstring(self.get(job_id).content)

    def ids(self, query: str = "") -> list[str]:
        """List jobs with a raw query, in the service's order."""
        answer = self.http.get(f"{self.list_path}?{query}")
        assert answer.status_code == 200, answer.text
        return [str(each.get("id")) for each in etree.fromstring(answer.content)]


def process_id(job: etree._Element) -> int:
    """Give the process id that a job document tells."""
    return int(job.findtext(".//process_id") or 0)


def until_gone(pid: int) -> None:
    """Wait until a process is gone."""
    deadline = time.monotonic() + DEADLINE_SECONDS
    while alive(pid):
        assert time.monotonic() < deadline, f"process {pid} still runs"
        time.sleep(0.02)


def alive(pid: int) -> bool:
    """Say whether a process runs; one that has ended and waits to be reaped does not."""
    try:
        os.kill(pid, 0)
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except ProcessLookupError:
        return False
    except FileNotFoundError:
        return not Path("/proc/self").exists()
