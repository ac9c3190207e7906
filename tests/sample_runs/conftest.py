import sys
from pathlib import Path

# The trainer is a script with a package beside it, not an installed one.
sys.path.insert(0, str(Path(__file__).parents[2] / "sample_runs"))
