"""The copy floor: what it costs to read the cases once and to write as many bytes as the results have.

In C, compiled by gcc when the race starts, on two threads, block by block: a block of every input column
is copied into the output, and the output is filled up from the block, which is then in the cache. Two
ways of writing are tried, plain copies and streaming stores, and the faster is taken. Without a compiler
NumPy does the copying on two threads, and the result says so.
"""

from __future__ import annotations

import ctypes
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

THREADS, BLOCK = 2, 16_384  # cases in a block, of which all columns fit into the second-level cache

SOURCE = r"""
#include <stdint.h>
#include <stddef.h>
#include <string.h>
#include <immintrin.h>

static void put(uint8_t *to, const uint8_t *from, size_t size, int streaming) {
    size_t i = 0;
#ifdef __AVX2__
    if (streaming) {
        for (; i < size && ((uintptr_t)(to + i) & 31); i++) to[i] = from[i];
        for (; i + 32 <= size; i += 32)
            _mm256_stream_si256((__m256i *)(to + i), _mm256_loadu_si256((const __m256i *)(from + i)));
    }
#endif
    memcpy(to + i, from + i, size - i);
}

/* `total` bytes of input in `count` columns of `size[i]` bytes; part `part` of `parts` of `out` bytes */
void copy(const uint8_t **column, const size_t *size, int count, uint8_t *output, size_t out,
          size_t blocks, size_t part, size_t parts, int streaming) {
    for (size_t b = blocks * part / parts; b < blocks * (part + 1) / parts; b++) {
        size_t at = out * b / blocks, end = out * (b + 1) / blocks;
        while (at < end)
            for (int c = 0; c < count && at < end; c++) {
                size_t from = size[c] * b / blocks, to = size[c] * (b + 1) / blocks;
                size_t n = to - from < end - at ? to - from : end - at;
                put(output + at, column[c] + from, n, streaming);
                at += n;
            }
    }
    _mm_sfence();
}
"""


class Floor:
    """Copies buffers of memory; `kind` says by what."""

    def __init__(self, folder: Path) -> None:
        self.library = _compiled(folder)
        self.kind = "C" if self.library else "NumPy"

    def load(self, inputs: list[Any], out: int, cases: int) -> None:
        """Take columns of bytes, and the size of what is written for them."""
        self.inputs, self.out = inputs, out
        self.blocks = max(cases // BLOCK, 2)
        self.output: Any = None

    def fresh(self) -> None:
        """Forget the output: the next run writes to memory that nobody has touched."""
        self.output = None

    def run(self, streaming: bool = False) -> None:
        import numpy as np

        if self.output is None:
            self.output = np.empty(self.out, np.uint8)
        with ThreadPoolExecutor(THREADS) as pool:
            list(pool.map(lambda part: self._part(part, streaming), range(THREADS)))

    def _part(self, part: int, streaming: bool) -> None:
        if self.library:
            count = len(self.inputs)
            columns = (ctypes.c_void_p * count)(*(column.ctypes.data for column in self.inputs))
            sizes = (ctypes.c_size_t * count)(*(column.nbytes for column in self.inputs))
            numbers = [ctypes.c_size_t(n) for n in (self.out, self.blocks, part, THREADS)]
            output = ctypes.c_void_p(self.output.ctypes.data)
            self.library.copy(columns, sizes, count, output, *numbers, int(streaming))
            return
        for b in range(self.blocks * part // THREADS, self.blocks * (part + 1) // THREADS):
            at, end = self.out * b // self.blocks, self.out * (b + 1) // self.blocks
            while at < end:
                for column in self.inputs:
                    n, m = len(column) * b // self.blocks, len(column) * (b + 1) // self.blocks
                    size = min(m - n, end - at)
                    self.output[at : at + size] = column[n : n + size]
                    at += size


def _compiled(folder: Path) -> Any:
    compiler = shutil.which("gcc") or shutil.which("cc")
    if not compiler:
        return None
    (folder / "floor.c").write_text(SOURCE)
    command = [compiler, "-O3", "-march=native", "-shared", "-fPIC", "-o", "floor.so", "floor.c"]
    if subprocess.run(command, cwd=folder, capture_output=True, check=False).returncode:
        return None
    library = ctypes.CDLL(str(folder / "floor.so"))
    library.copy.restype = None
    return library
