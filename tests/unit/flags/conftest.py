"""What several test folders share lies in tests/support; tests are no packages, so the way to it is made here."""

import sys
from pathlib import Path

sys.path.insert(0, str(next(up for up in Path(__file__).parents if up.name == "tests")))
