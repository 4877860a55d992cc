"""Read the ``Retry-After`` header of RFC 9110: seconds or a date."""

import math
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

LONGEST_RETRY_AFTER = 120.0


def retry_after(value: str | None) -> float | None:
    """Give the seconds that a ``Retry-After`` header asks for, from 0 to `LONGEST_RETRY_AFTER`.

    A value that is neither a number nor a date gives None.
    """
    if not value:
        return None
    try:
        seconds = float(value)
    except ValueError:
        try:
            moment = parsedate_to_datetime(value)
        except ValueError:
            return None
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        seconds = (moment - datetime.now(UTC)).total_seconds()
    return None if math.isnan(seconds) else min(max(seconds, 0.0), LONGEST_RETRY_AFTER)
