"""The importer's tests share their gold with each other."""

import sys
from pathlib import Path

sys.path.insert(0, str(next(up for up in Path(__file__).parents if up.name == "tests")))
