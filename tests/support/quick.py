"""What stands in for the engine where a test is about the service."""

import sys
from pathlib import Path

SUPPORT = Path(__file__).parent
DATA = SUPPORT.parent / "data"
QUICK_RUN = (sys.executable, str(SUPPORT / "quick_run.py"))
