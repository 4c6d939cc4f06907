"""How fast the CRM's ingestor is, and how much memory it takes, as tables grow. The engines are those of the tests."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "tests" / "local"))
