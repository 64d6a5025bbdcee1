"""The file that keeps every refused line of an import, with its number and the reason."""

import json
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

MAX_KEPT_BYTES = 65_536
"""Longest part of a refused line that is kept, bytes; longer ones are cut and marked."""


class RejectFile:
    """JSON lines `{"line", "reason", "text", "cut"}`; made when the first line is refused."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file: BinaryIO | None = None

    def keep_up_to(self, last_line: int) -> None:
        """Drop what an interrupted run wrote beyond its last stored batch.

        With `last_line` 0 (a fresh import) the file of an earlier import is removed.
        """
        if not self.path.exists():
            return
        kept: list[bytes] = []
        with self.path.open("rb") as file:
            for row in file:
                try:
                    if json.loads(row)["line"] <= last_line:
                        kept.append(row)
                except (ValueError, KeyError, TypeError):
                    break  # the last row of a killed process may be cut short
        if not kept:
            self.path.unlink()
            return
        self.path.write_bytes(b"".join(kept))

    def add(self, line_number: int, reason: str, data: bytes) -> None:
        """Write one refused line; bytes that are not UTF-8 are shown as escapes."""
        if self._file is None:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._file = self.path.open("ab")
        row = {
            "line": line_number,
            "reason": reason,
            "text": data[:MAX_KEPT_BYTES].decode("utf-8", errors="backslashreplace"),
            "cut": len(data) > MAX_KEPT_BYTES,
        }
        self._file.write(json.dumps(row, ensure_ascii=False).encode() + b"\n")

    def flush(self) -> None:
        """Hand what was written to the operating system."""
        if self._file is not None:
            self._file.flush()

    def close(self) -> None:
        """Close the file if one was made."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def __enter__(self) -> Self:
        """The file itself."""
        return self

    def __exit__(
        self,
        error_type: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close it."""
        self.close()
