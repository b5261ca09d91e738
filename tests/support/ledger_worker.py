"""A process that appends to a ledger: `python ledger_worker.py LEDGER TAG [COUNT] [GO]`.

It says `ready` once its imports are done, waits until the file GO is there (if one is named),
and prints each record's id, at once, when `append` has returned. Without a count, or with
count 0, it goes on for ever.
"""

from __future__ import annotations

import itertools
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from expert.io.files import content_hash
from expert.ledger.store import Ledger

FILES = {"kb/document.yaml": "id: synthetic\n", "rules/1.yaml": "[]\n"}
HEADER = {"knowledge": content_hash(FILES), "programs": {"cicatrix": "test"}}


def content(label: str, verdicts: dict[str, str] | None = None, **more: object) -> dict[str, object]:
    """A small content, with no trace."""
    verdicts = {"one": "option"} if verdicts is None else verdicts
    known = {"id": "synthetic", "title": "", "version": "1", "hash": HEADER["knowledge"], "disclaimer": ""}
    parts = ("findings", "plan", "advice", "firings", "not_fired")
    empty = dict.fromkeys(("label", "timing"), "") | {"cost": None, "targets": {}}
    empty |= {name: [] for name in ("waits_for", "flags", "arguments")}
    trace = {
        "knowledge": known,
        "answers": {},
        "recommendations": [
            {**empty, "option": o, "verdict": verdicts[o], "timing": "now"} for o in verdicts
        ],
        **{name: [] for name in parts},
        **more,
    }
    return {"answers": [], "label": label, "targets": {}, "verdicts": verdicts, "consultation": trace}


def main() -> None:
    path, tag = Path(sys.argv[1]), sys.argv[2]
    count = int(sys.argv[3]) if len(sys.argv) > 3 else 0
    print("ready", flush=True)
    if len(sys.argv) > 4:
        while not Path(sys.argv[4]).exists():
            time.sleep(0.002)
    with Ledger(path, write=True) as ledger:
        for n in range(count) if count else itertools.count():
            print(ledger.append(HEADER, content(f"{tag}-{n}"), FILES).id, flush=True)


if __name__ == "__main__":
    main()
