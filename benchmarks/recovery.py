"""How long recovery takes: `python -m benchmarks.recovery --items 100000`.

A database as years leave it (benchmarks/filling.py) is backed up, examined as `doctor` does, copied as before an
update, put back from the backup, and its books are audited; every copy is checked as in life. Prints the real time of
each and the processor time, which does not depend on what else the machine does.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.filling import fill
from storage.copies import copy_before_update
from storage.doctor import examine
from storage.recovery import put_back
from storage.store import Store

NOW = datetime(2026, 11, 22, 0, 0, tzinfo=UTC)


def main() -> int:
    """Print the times."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--items", type=int, default=100_000)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path, backup = Path(folder, "digest.db"), Path(folder, "backup.db")
        url = f"sqlite:///{path}"
        with closing(Store.open(url)) as store:
            fill(store, args.items, until=NOW)
        print(f"{args.items:,} items in {path.stat().st_size / 1e6:.0f} MB")
        with closing(Store.open(url, read_only=True)) as store:
            _timed("backup, with its checks", lambda: store.backup(backup))
            _timed("the daily audit", lambda: store.auditor.audit(NOW))
        _timed("doctor's look at the database", lambda: examine(url, now=NOW))
        _timed("the copy before an update", lambda: copy_before_update(path, steps=1, now=NOW))
        _timed("restore, with its checks", lambda: put_back(backup, url, now=NOW))
    return 0


def _timed(what: str, work: Callable[[], object]) -> None:
    began, worked = time.monotonic(), time.process_time()
    work()
    print(f"{what}: {time.monotonic() - began:.2f} s, {time.process_time() - worked:.2f} s of them work", flush=True)


if __name__ == "__main__":
    sys.exit(main())
