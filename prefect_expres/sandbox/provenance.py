"""The provenance of results in the forms of OPUS: PROV as JSON, as XML and as a drawing."""

import json
from pathlib import Path

from prefect_expres.sandbox.store import STREAMS, SandboxJob
from prefect_expres.sandbox.writer import provenance_drawing, provenance_xml


def write_provenance(job: SandboxJob, folder: Path) -> list[str]:
    """Write the three documents into the folder of a job; return the names of their streams."""
    texts = {
        "provjson": json.dumps(_record(job)),
        "provsvg": provenance_drawing(job),
        "provxml": provenance_xml(job),
    }
    for name, text in texts.items():
        (folder / STREAMS[name].path).write_text(text, "utf-8")
    return list(texts)


def _record(job: SandboxJob) -> dict[str, object]:
    """Return the job, its owner, its inputs and its results as PROV-JSON."""
    run, owner = f"opus:{job.id}", f"opus:{job.owner}"
    used = {name: f"opus:{job.id}_{name}" for name in job.parameters}
    return {
        "prefix": {"opus": "urn:opus:"},
        "activity": {run: {"prov:label": job.job_list}},
        "agent": {owner: {"prov:label": job.owner}},
        "entity": {
            **{used[name]: {"prov:value": value.text} for name, value in job.parameters.items()},
            **{f"opus:{result.id}": {"prov:label": result.name} for result in job.results},
        },
        "used": {
            f"_:u{number}": {"prov:activity": run, "prov:entity": entity}
            for number, entity in enumerate(used.values())
        },
        "wasGeneratedBy": {
            f"_:g{number}": {"prov:activity": run, "prov:entity": f"opus:{result.id}"}
            for number, result in enumerate(job.results)
        },
        "wasAssociatedWith": {"_:a0": {"prov:activity": run, "prov:agent": owner}},
    }
