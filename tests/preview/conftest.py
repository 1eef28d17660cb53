"""Fixtures of the recorder's tests: the small programs live beside them."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
