"""The description of a job list: the document of ``/jdl/{name}/json``, as OPUS gives it."""

from typing import Any


def description_of(job_list: str) -> dict[str, Any]:
    """Describe the jobs of a list: parameters, defaults, results and limits."""
    control = {
        "runId": "User specific label for the job",
        "executionDuration": "Required execution duration in seconds",
        "destruction": "Date of destruction of the job",
        "uws_quote": "Estimation of the duration of the job",
    }
    parameters = {
        "branch": _parameter("master", "ExPRES git branch"),
        "config": _parameter("", "ExPRES configuration"),
        "ephemeride": _parameter("", "Ephemeris of the observer"),
    }
    used = {
        "config": _used("application/json", "ExPRES configuration"),
        "ephemeride": _used("text/csv", "Ephemeris of the observer"),
    }
    generated = {
        "spectra": _generated("*.cdf", "application/x-cdf", "Dynamic spectra"),
        "log": _generated("run.log", "text/plain", "Log of the run"),
    }
    return {
        "control_parameters": control,
        "control_parameters_keys": list(control),
        "name": job_list,
        "parameters": parameters,
        "generated": generated,
        "used": used,
        "annotation": "ExPRES sandbox: an engine of its own, not ExPRES",
        "doculink": "",
        "type": "simulation",
        "subtype": "",
        "version": "1",
        "contact_name": "",
        "contact_email": "",
        "executionDuration": "600",
        "quote": "120",
        "parameters_keys": list(parameters),
        "used_keys": list(used),
        "generated_keys": list(generated),
        "script": "",
    }


def _parameter(default: str, annotation: str) -> dict[str, str]:
    return {
        "datatype": "xs:string",
        "required": "true",
        "default": default,
        "unit": "",
        "ucd": "",
        "utype": "",
        "annotation": annotation,
    }


def _used(content_type: str, annotation: str) -> dict[str, str]:
    return {
        "datatype": "xs:string",
        "annotation": annotation,
        "url": "",
        "default": "",
        "role": "",
        "multiplicity": "",
        "content_type": content_type,
    }


def _generated(pattern: str, content_type: str, annotation: str) -> dict[str, str]:
    return {
        "annotation": annotation,
        "role": "",
        "multiplicity": "",
        "default": pattern,
        "content_type": content_type,
    }
