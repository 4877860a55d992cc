"""Error pages in the form of OPUS: the reason is in ``<pre>``."""

from http import HTTPStatus

from prefect_expres.sandbox.writer import escape

_PAGE = """
    <!DOCTYPE HTML PUBLIC "-//IETF//DTD HTML 2.0//EN">
    <html>
        <head>
            <title>Error: {status}</title>
            <style type="text/css">
              html {{background-color: #eee; font-family: sans-serif;}}
              body {{background-color: #fff; border: 1px solid #ddd;
                    padding: 15px; margin: 15px;}}
              pre {{background-color: #eee; border: 1px solid #ddd; padding: 5px;}}
            </style>
        </head>
        <body>
            <h1>Error: {status}</h1>
            <p>Sorry, the requested URL <tt>{url}</tt>
               caused an error:</p>
            <pre>{reason}</pre>
        </body>
    </html>
"""


def error_page(code: int, url: str, reason: str) -> str:
    """Return the page that says why a request failed."""
    status = HTTPStatus(code)
    return _PAGE.format(
        status=f"{status.value} {status.phrase}", url=_quoted(repr(url)), reason=_quoted(reason)
    )


def _quoted(text: str) -> str:
    return escape(text).replace('"', "&quot;").replace("'", "&#039;")
