"""What stands in for the engine where a test is about the service."""

import sys
from pathlib import Path

DATA = Path(__file__).parent / "data"
QUICK_RUN = (sys.executable, str(DATA / "quick_run.py"))
