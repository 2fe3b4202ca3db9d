"""The storm and its checkers are modules beside the tests; tests are no packages, so the way to them is made here."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
