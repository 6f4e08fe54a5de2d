"""Lists of changes, as people save them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

World = Callable[[dict[str, Any]], Any]

CHANGES = "select line, id, time, summary, author from changes order by line"

PLAIN = """commit beaeb596dfbe3f41ad379dea608b125f451cb94d (HEAD -> main)
Merge: 1d2e3f4 5a6b7c8
Author: Nora Quay <nora@harbour.example>
Date:   Wed Apr 2 09:50:30 2031 +0200

    Guard an empty berth

    Date: of the next tide is not known.

commit 420eddd12dbf0a2a11f602923075266af9debef3
Author: Ole <ole@harbour.example>
Date:   Tue Apr 1 23:50:30 2031 -0500

    Warm the cache

 src/berths.js | 2 +-
 1 file changed, 1 insertion(+), 1 deletion(-)
"""
FULLER = """commit beaeb59
Author:     Nora <nora@harbour.example>
AuthorDate: 2031-04-02 09:50:30 +0200
Commit:     Ole <ole@harbour.example>
CommitDate: 2031-04-02 10:00:00 +0200

    Guard an empty berth
"""
PATCHES = """commit beaeb59
Author:     Nora <nora@harbour.example>
AuthorDate: Wed Apr 2 09:50:30 2031 +0200
Commit:     Ole <ole@harbour.example>
CommitDate: Wed Apr 2 10:00:00 2031 +0200

    Guard an empty berth (#12)
---
 deploy/berths.yaml | 4 ++--
 1 file changed, 2 insertions(+), 2 deletions(-)

diff --git a/deploy/berths.yaml b/deploy/berths.yaml
index 7dcb447..4e8209a 100644
--- a/deploy/berths.yaml
+++ b/deploy/berths.yaml
@@ -1,5 +1,5 @@
 berths:
-    limit: 20
+    limit: 8
     # Date: of the next tide
\\ No newline at end of file

commit 420eddd
Author:     Ole <ole@harbour.example>
AuthorDate: Tue Apr 1 23:50:30 2031 -0500
Commit:     Ole <ole@harbour.example>
CommitDate: Tue Apr 1 23:50:30 2031 -0500

    Warm the cache

diff --git a/cache.bin b/cache.bin
new file mode 100644
index 0000000..4e8209a
Binary files /dev/null and b/cache.bin differ
"""
SHORT = """commit beaeb59
Author: Nora <nora@harbour.example>

    Guard an empty berth
"""


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        pytest.param(
            PLAIN,
            [
                (1, "beaeb596dfbe", datetime(2031, 4, 2, 7, 50, 30), "Guard an empty berth", "Nora Quay"),
                (10, "420eddd12dbf", datetime(2031, 4, 2, 4, 50, 30), "Warm the cache", "Ole"),
            ],
            id="as git log prints by itself",
        ),
        pytest.param(
            FULLER,
            [(1, "beaeb59", datetime(2031, 4, 2, 8), "Guard an empty berth", "Nora")],
            id="fuller: what counts is when it came in",
        ),
        pytest.param(
            PATCHES,
            [
                (1, "beaeb59", datetime(2031, 4, 2, 8), "Guard an empty berth (#12)", "Nora"),
                (23, "420eddd", datetime(2031, 4, 2, 4, 50, 30), "Warm the cache", "Ole"),
            ],
            id="with numbers of lines and patches",
        ),
        pytest.param(SHORT, [(1, "beaeb59", None, "Guard an empty berth", "Nora")], id="short: without dates"),
    ],
)
def test_commits_over_several_lines_are_changes(world: World, text: str, rows: list[tuple[object, ...]]) -> None:
    """A commit has its time, by the offset beside it, its author and the first line of its message from the lines below."""
    held = world({"git-log.txt": text})

    assert held.store.connection.execute(CHANGES).fetchall() == rows
    (entry,) = held.evidence
    times = sorted(time for row in rows if isinstance(time := row[2], datetime))
    assert (entry.kind, entry.format, entry.status) == ("changes", "git-log", "ok")
    assert entry.covers == ((times[0], times[-1]) if times else None)
    assert (entry.clock.zone, entry.clock.how) == (("UTC", "stated") if times else ("", "unknown"))
