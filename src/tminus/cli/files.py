"""Writing a file in one step: whoever reads it sees the old one or the new one, and never half of one."""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from pathlib import Path

from tminus.errors import UsageError


def write_file(path: Path, data: bytes) -> None:
    """Replace the file at once; a pipe or a device is written to. Raises UsageError where that is not possible."""
    temporary = ""
    try:
        if path.is_dir():
            raise UsageError(f"{path} is a folder", hint="name a file in it")
        if path.exists() and not path.is_file():
            # Replacing /dev/null by a file would break the machine.
            path.write_bytes(data)
            return
        target = Path(os.path.realpath(path))  # a link stays a link
        handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name[:100]}.")
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        os.chmod(temporary, _mode(target))
        os.replace(temporary, target)
    except (OSError, ValueError) as error:
        if temporary:
            with suppress(OSError):
                os.unlink(temporary)
        why = getattr(error, "strerror", None) or str(error)
        raise UsageError(f"{path} cannot be written: {why}", hint="look at the path and its rights") from None


def _mode(path: Path) -> int:
    """The rights the file has, or those a new file gets: a temporary file's own are for its owner alone."""
    try:
        return path.stat().st_mode & 0o777
    except FileNotFoundError:
        mask = os.umask(0)
        os.umask(mask)
        return 0o666 & ~mask
