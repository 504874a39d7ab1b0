"""`footnote playground` with a handbook of a few pages instead of 242: FOLDER, then its options."""

from __future__ import annotations

import sys
from pathlib import Path

from footnote_bot.__main__ import main
from footnote_bot.playground import demo

if __name__ == "__main__":
    demo.HANDBOOK = Path(sys.argv.pop(1))
    main()
