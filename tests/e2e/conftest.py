"""The real parts that several tests here drive are modules beside them; tests are no packages, so the way is made here."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
