"""Documents of UWS for servers that say what they were told to."""

_SPACES = 'xmlns="http://www.ivoa.net/xml/UWS/v1.0" xmlns:xlink="http://www.w3.org/1999/xlink"'


def jobs_document(references: str, version: str = "") -> bytes:
    """Write a job list."""
    told = f' version="{version}"' if version else ""
    return f"<jobs {_SPACES}{told}>{references}</jobs>".encode()


def job_document(job_id: str, content: str) -> bytes:
    """Write a job."""
    return f"<job {_SPACES}><jobId>{job_id}</jobId>{content}</job>".encode()


def results_document(results: str) -> bytes:
    """Write a list of results."""
    return f"<results {_SPACES}>{results}</results>".encode()


def list_entry(job_id: str, phase: str = "QUEUED", created: str = "", run_id: str = "") -> str:
    """Write an entry of a job list."""
    told = f"<uws:creationTime>{created}</uws:creationTime>" if created else ""
    told += f"<uws:runId>{run_id}</uws:runId>" if run_id else ""
    return f'<jobref id="{job_id}"><phase>{phase}</phase>{told}</jobref>'.replace("uws:", "")
