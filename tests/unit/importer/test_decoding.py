"""From bytes to text: every encoding, every line end, and what is no text at all."""

from __future__ import annotations

import pytest

from support.pages import shared_pages
from tminus.errors import PageUnreadable, TminusError
from tminus.importer.decoding import LARGEST_BYTES, read_page_text

PAGE = "# Größe — café\n\n- [ ] über 5 €\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_every_usual_encoding_reads_alike(encoding: str) -> None:
    text, _ = read_page_text(PAGE.encode(encoding), "plan.md")
    assert text == PAGE


def test_big_endian_with_its_mark_is_read() -> None:
    assert read_page_text(b"\xfe\xff" + PAGE.encode("utf-16-be"), "plan.md") == (PAGE, "read as utf-16")


def test_turkish_windows_text_is_read_as_such() -> None:
    text = "# Yayın planı\n\nAğ, iş ve şifre hazır.\n"
    assert read_page_text(text.encode("cp1254"), "plan.md") == (text, "read as cp1254")


def test_bytes_that_windows_does_not_know_are_kept_as_latin_1() -> None:
    text, mended = read_page_text(b"caf\xe9 \x81\n", "plan.md")
    assert text == "café \x81\n"
    assert mended == "read as latin-1"


def test_clean_text_is_not_touched_and_nothing_is_said() -> None:
    text = "“Quotes” ‘curl’ — ﬁ … ½ ≥ 99 % 🚀 İstanbul\u00a0x\n"
    assert read_page_text(text.encode(), "plan.md") == (text, "")


@pytest.mark.parametrize("end", ["\r\n", "\r", "\n"])
def test_line_ends_become_one_and_lines_stay_in_number(end: str) -> None:
    text, _ = read_page_text(end.join(["a", "", "b", "c"]).encode(), "plan.md")
    assert text == "a\n\nb\nc"


@pytest.mark.parametrize("wrong", ["cp1252", "cp1254"])
@pytest.mark.parametrize("right", ["≥ 99.9%", "a → b", "├── web", "🚀 Launch", "📋 Tasks", "it’s"])
def test_text_that_was_decoded_wrongly_once_is_mended(right: str, wrong: str) -> None:
    broken = "".join(bytes([byte]).decode(wrong, errors="ignore") or chr(byte) for byte in right.encode())
    text, mended = read_page_text(f"plain\n{broken}\nplain\n".encode(), "plan.md")
    assert text == f"plain\n{right}\nplain\n"
    assert mended == "1 line with wrongly decoded characters mended"


def test_a_clean_line_does_not_keep_its_neighbour_from_being_mended() -> None:
    text, _ = read_page_text("## ğŸš€ Go\n\nİstanbul’da 🚀\n".encode(), "plan.md")
    assert text == "## 🚀 Go\n\nİstanbul’da 🚀\n"


def test_a_picture_whose_bytes_are_lost_leaves_one_sign_and_the_words() -> None:
    text, mended = read_page_text("## ğŸ—ï¸ PHASE 1\n## ğŸ¬ Support\n".encode(), "plan.md")
    assert text == "## \ufffd PHASE 1\n## \ufffd Support\n"
    assert mended.endswith("2 characters could not be recovered")


@pytest.mark.parametrize(
    "data", [b"\x89PNG\r\n\x1a\n", b"PK\x03\x04abc", b"%PDF-1.7 text", b"a\0b", bytes(range(1, 32)) * 9]
)
def test_what_is_not_text_is_refused(data: bytes) -> None:
    with pytest.raises(PageUnreadable, match=r"plan\.md is not text") as caught:
        read_page_text(data, "plan.md")
    assert caught.value.code == "not-text"
    assert caught.value.hint


@pytest.mark.parametrize("data", [b"", b"\n \t\r\n", b"\xef\xbb\xbf"])
def test_an_empty_page_is_refused(data: bytes) -> None:
    with pytest.raises(PageUnreadable, match="empty") as caught:
        read_page_text(data, "plan.md")
    assert caught.value.code == "empty"


def test_a_page_above_the_limit_is_refused_and_one_at_it_is_read() -> None:
    assert len(read_page_text(b"x" * LARGEST_BYTES, "plan.md")[0]) == LARGEST_BYTES
    with pytest.raises(TminusError) as caught:
        read_page_text(b"x" * (LARGEST_BYTES + 1), "plan.md")
    assert caught.value.code == "too-large"
    assert caught.value.exit_code == 2


def test_the_real_pages_come_out_clean() -> None:
    for page in shared_pages():
        data = page.read_bytes()
        text, _ = read_page_text(data, page.name)
        assert not any(sign in text for sign in ("ðŸ", "ğŸ", "â”", "â€", "â†", "â‰", "ï¸", "\U0001fb20")), page.name
        assert text.count("\n") == data.count(b"\n")
