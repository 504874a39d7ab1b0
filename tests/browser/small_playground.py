"""`footnote playground` with a handbook of a few pages instead of 242: FOLDER, then its options."""

from __future__ import annotations

import sys
from pathlib import Path

from bot import playground_demo
from bot.__main__ import main

if __name__ == "__main__":
    playground_demo.HANDBOOK = Path(sys.argv.pop(1))
    main()
