"""Bytes to text: any encoding that people's editors leave behind, and text that was decoded wrongly once before."""

from __future__ import annotations

import re

import ftfy

from tminus.errors import PageUnreadable
from tminus.importer.page import pieces

_PIECE = 1 << 12
LARGEST_BYTES = 4 * 1024 * 1024

_MAGIC = (
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"PK\x03\x04",
    b"%PDF-",
    b"\x1f\x8b",
    b"\x7fELF",
    b"RIFF",
    b"\xd0\xcf\x11\xe0",
)
_MARKS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_TURKISH = re.compile("[ğışĞİŞ]")
# What is left of an emoji whose bytes were partly lost on the way: its first two bytes, and what followed them. A
# character for old computers' graphics is one that was put together from such bytes and the blank after them.
_LOST = re.compile("[ðğ]Ÿ[^\\sA-Za-z0-9*#(\\[ï]{0,2}(?:ï¸[\x8f\x81]?)?|ï¸[\x8f\x81]?")
_MADE_UP = re.compile("[\U0001fb00-\U0001fbff]")
_STRANGE = 0.1  # of the characters: more control characters than that, and it is no text


def read_page_text(data: bytes, name: str) -> tuple[str, str]:
    """The text of a page and, in words, what was mended in it ("" for clean UTF-8).

    Lines end with `\\n`, and there are as many as in the source. Raises PageUnreadable: `empty`, `not-text`, `too-large`.
    """
    if len(data) > LARGEST_BYTES:
        raise PageUnreadable(
            f"{name} is larger than {LARGEST_BYTES // 1024 // 1024} MB",
            hint="a plan is a page of text; is this the right file?",
            code="too-large",
        )
    if data.startswith(_MAGIC):
        raise _not_text(name)
    text, encoding = _decoded(data, name)
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not text.strip():
        raise PageUnreadable(f"{name} is empty", hint="give the Markdown page of a plan", code="empty")
    if _control_characters(text) > _STRANGE * len(text):
        raise _not_text(name)
    said = [] if encoding == "utf-8" else [f"read as {encoding}"]
    text, count, lost = _mended(text)
    if count:
        said.append(f"{count} line{'' if count == 1 else 's'} with wrongly decoded characters mended")
    if lost:
        said.append(f"{lost} character{'' if lost == 1 else 's'} could not be recovered")
    return text, "; ".join(said)


def _not_text(name: str) -> PageUnreadable:
    return PageUnreadable(f"{name} is not text", hint="give a Markdown page; export other formats to text first")


def _decoded(data: bytes, name: str) -> tuple[str, str]:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            text = data[len(mark) :].decode(encoding, errors="replace")
            if "\0" in text:
                raise _not_text(name)
            return text, encoding.removesuffix("-le").removesuffix("-be")
    if b"\0" in data:
        raise _not_text(name)
    try:
        return data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        return _of_one_byte(data)


def _of_one_byte(data: bytes) -> tuple[str, str]:
    """Windows text, Turkish where Turkish letters stand in it; bytes that Windows does not know are latin-1's."""
    for encoding in ("cp1254", "cp1252"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if encoding == "cp1252" or len(_TURKISH.findall(text)) >= 2:
            return text, encoding
    return data.decode("latin-1"), "latin-1"


def _control_characters(text: str) -> int:
    return 0 if text.isprintable() else len(re.findall(r"[\x00-\x08\x0b\x0e-\x1f\x7f]", text))


def _mended(text: str) -> tuple[str, int, int]:
    """The text, how many lines were mended, and how many characters are lost for good.

    Line by line: one clean line must not keep its neighbour from being mended, and no line may come or go. Only the
    encoding is looked at; quotes, dashes and widths stay as they were written.
    """
    if text.isascii():
        return text, 0, 0
    known: dict[str, tuple[str, int]] = {}
    count = lost = 0
    whole: list[str] = []
    for piece in pieces(text, _PIECE):
        if piece.isascii():
            whole.append(piece)
            continue
        lines = piece.split("\n")
        for at, line in enumerate(lines):
            if line.isascii():
                continue
            if line not in known:
                known[line] = _mended_line(line)
            mended, gone = known[line]
            if mended != line:
                count, lost, lines[at] = count + 1, lost + gone, mended
        whole.append("\n".join(lines))
    return "".join(whole), count, lost


def _mended_line(line: str) -> tuple[str, int]:
    mended = ftfy.fix_encoding(line)
    if "\n" in mended or "\r" in mended:  # a line break made of what was no line break
        mended = " ".join(mended.splitlines())
    if mended != line:
        mended, made_up = _MADE_UP.subn("\N{REPLACEMENT CHARACTER} ", mended)
    else:
        made_up = 0
    mended, lost = _LOST.subn("\N{REPLACEMENT CHARACTER}", mended)
    return mended, lost + made_up
