"""Documents of UWS for servers that say what they were told to."""


def results_document(results: str) -> bytes:
    """Write a list of results."""
    spaces = 'xmlns="http://www.ivoa.net/xml/UWS/v1.0" xmlns:xlink="http://www.w3.org/1999/xlink"'
    return f"<results {spaces}>{results}</results>".encode()
