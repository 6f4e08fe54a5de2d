"""What V8 prints when a process has no memory left: a trace over many lines, none of them stamped."""

from __future__ import annotations

from .heap import LIMIT, MIB

TRACE = """

<--- JS stacktrace --->

FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory
----- Native stack trace -----

 1: 0xb8d0a3 node::OOMErrorHandler(char const*, v8::OOMDetails const&) [node]
 2: 0xf06250 v8::Utils::ReportOOMFailure(v8::internal::Isolate*, char const*, v8::OOMDetails const&) [node]
 3: 0x111b2f5  [node]
 4: 0x1133188 v8::internal::Heap::CollectGarbage(v8::internal::AllocationSpace) [node]
 5: 0x19790f6  [node]"""


def last_words(pid: int, age: int, used: int) -> str:
    """Say what the process says at `age` milliseconds, with `used` bytes on its heap."""
    return "\n".join(
        [
            "\n<--- Last few GCs --->\n",
            _collection(
                pid, age - 2_214, used + MIB // 4, "1984.31 / 0.00 ms  (average mu = 0.121, current mu = 0.041)"
            ),
            _collection(pid, age, used, "2107.56 / 0.00 ms  (average mu = 0.083, current mu = 0.012)"),
            TRACE,
        ]
    )


def _collection(pid: int, age: int, left: int, effort: str) -> str:
    before, after, total = left / MIB + 0.4, left / MIB, LIMIT / MIB - 0.4
    return (
        f"[{pid}:0x5a1c000] {age:8d} ms: Mark-Compact (reduce) {before:.1f} ({total:.1f}) -> {after:.1f} ({total:.1f}) "
        f"MB, {effort} allocation failure; scavenge might not succeed"
    )
