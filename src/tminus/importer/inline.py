"""What stands within a line: marks are taken off, the words stay. Every pattern here is linear on any input."""

from __future__ import annotations

import html
import re

# Possessive quantifiers (`*+`) and classes that exclude their own delimiter keep a hostile line from being read twice.
_SPECIAL = re.compile(r"[*_`\[<&\\~!]")
_CODE = re.compile(r"(`{1,3})([^`]++)\1(?!`)")
_IMAGE = re.compile(r"!\[([^\[\]]*+)\](?:\([^()]*+\)|\[[^\[\]]*+\])")
_LINK = re.compile(r"\[([^\[\]]*+)\](?:\([^()]*+(?:\([^()]*+\)[^()]*+)?\)|\[[^\[\]]*+\])")
_AUTOLINK = re.compile(r"<((?:https?|ftp|mailto|tel):[^<>\s]++|[\w.+-]++@[\w.-]++)>")
_TAG = re.compile(
    r"</?(?:a|abbr|b|big|blockquote|br|center|code|del|details|div|em|font|h[1-6]|hr|i|img|ins|kbd|li|mark|ol|p|pre|q|s"
    r"|small|span|strike|strong|sub|summary|sup|table|tbody|td|tfoot|th|thead|tr|tt|u|ul|var|section|input|label)"
    r"(?:\s[^<>]*+)?/?>",
    re.IGNORECASE,
)
_STARS = re.compile(r"(?<!\*)(\*{1,3})(?=[^\s*])([^*]++)(?<!\s)\1")
_UNDERLINES = re.compile(r"(?<![\w])(_{1,3})(?=[^\s_])([^_]++)(?<!\s)\1(?!\w)")
_STRUCK = re.compile(r"~~(?=\S)([^~]++)~~")
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")
_HIDDEN = 0xF0000  # where an escaped character waits until the marks are gone
_HIDDEN_LETTERS = [chr(_HIDDEN + code) for code in range(128)]  # made once: a line may hold half a million
_SHOWN = {_HIDDEN + code: chr(code) for code in range(128)}

# Pictures and arrows that people put in front of a heading or an item; never `≥`, `$`, `+` or a letter.
_SYMBOLS = re.compile(
    "(?:[0-9#*]\ufe0f?\u20e3|[\\s\u2190-\u21ff\u2300-\u23ff\u2460-\u24ff\u2500-\u27bf\u2900-\u297f\u2b00-\u2bff\u3030"
    "\u303d\u3297\u3299\ufe0e\ufe0f\u200d\ufffd\U0001f000-\U0001faff\U000e0020-\U000e007f]++){1,8}+"
)

_BOLD_LABEL = re.compile(
    r"(?:\*\*(?P<stars>[^*]++)\*\*|__(?P<lines>[^_]++)__)[ \t]*+(?P<aside>\([^()]*+\)[ \t]*+)?"
    r"(?P<sign>[:：–—-]?)[ \t]*+(?P<rest>.*)",
    re.DOTALL,
)
_PLAIN_SPLIT = re.compile(r":(?=\s|[<>≥≤=~$€£])|：|\s[–—](?=\s)")
_TIME_LIKE = re.compile(r"[^\W\d_]")
_LABEL_WORDS = 6


def plain(text: str) -> str:
    """`text` without emphasis, code marks, links' targets, images' addresses, HTML tags, entities and escapes."""
    if not _SPECIAL.search(text):
        return text.strip()
    if "`" not in text:
        return _unmarked(text).strip()
    pieces: list[str] = []
    end = 0
    for code in _CODE.finditer(text):
        # A mark may reach over a code span (`**run `x` now**`), so spans wait as hidden characters too.
        pieces += (text[end : code.start()], _hide(code[2].strip()))
        end = code.end()
    pieces.append(text[end:])
    return _unmarked("".join(pieces)).translate(_SHOWN).strip()


def _hide(text: str) -> str:
    return "".join(_HIDDEN_LETTERS[ord(c)] if c < "0" or ":" <= c < "A" or "[" <= c < "\x80" else c for c in text)


def _unmarked(text: str) -> str:
    if "<" in text:
        bare = _TAG.sub(_gap, _AUTOLINK.sub(r"\1", without_comments(text)))
        text = " ".join(bare.split()) if bare != text else text
    escaped = "\\" in text
    if escaped:
        text = _ESCAPE.sub(lambda found: _HIDDEN_LETTERS[ord(found[1])], text)
    if "[" in text:
        text = _LINK.sub(r"\1", _IMAGE.sub(r"\1", text))
    for _ in range(3):
        before = text
        if "*" in text:
            text = _STARS.sub(r"\2", text)
        if "_" in text:
            text = _UNDERLINES.sub(r"\2", text)
        if text == before:
            break
    if "~~" in text:
        text = _STRUCK.sub(r"\1", text)
    if "&" in text:
        text = _ENTITY.sub(lambda found: " ".join(html.unescape(found[0]).split()) or " ", text)
    return text.translate(_SHOWN) if escaped else text


def _gap(tag: re.Match[str]) -> str:
    return " " if tag[0][:3].lower() == "<br" else ""


def without_comments(text: str) -> str:
    """`text` without `<!-- ... -->` that open and close in it."""
    begin = text.find("<!--")
    if begin < 0:
        return text
    pieces: list[str] = []
    at = 0
    while begin >= 0 and (end := text.find("-->", begin + 4)) >= 0:
        pieces.append(text[at:begin])
        at = end + 3
        begin = text.find("<!--", at)
    pieces.append(text[at:])
    return "".join(pieces)


def undecorated(text: str) -> str:
    """`text` without leading pictures, unless it is nothing else."""
    if not text or (text[0] < "\u2000" and "\u20e3" not in text[1:3]):
        return text
    found = _SYMBOLS.match(text)
    rest = text[found.end() :] if found else text
    return rest or text


def bold_pair(text: str) -> tuple[str, str] | None:
    """The halves of `**Uptime**: > 99.9%`, `**Uptime:** ...` or `**Uptime** — ...`, or None."""
    if not text.startswith(("**", "__")):
        return None
    found = _BOLD_LABEL.match(text)
    if not found or not found["rest"].strip():
        return None
    name, sign = (found["stars"] or found["lines"]).strip(), found["sign"]
    inside = name.endswith((":", "："))
    if not inside and (not sign or (sign == "-" and not text[found.start("sign") - 1].isspace())):
        return None
    aside = (found["aside"] or "").strip()
    label = " ".join(word for word in (plain(name.rstrip(":： ")), aside) if word)
    value = undecorated(plain(sign + found["rest"] if inside and sign == "-" else found["rest"]))
    return (label, value) if label and value else None


def plain_pair(text: str, words: int = _LABEL_WORDS) -> tuple[str, str] | None:
    """The halves of `Uptime: > 99.9%` or `Uptime – > 99.9%` in text without marks; the label has at most `words` words.

    Times, addresses and ratios are not split, nor is a sentence, nor a colon within brackets or quotes.
    """
    found = _PLAIN_SPLIT.search(text)
    if not found or found.start() > 20 * words:
        return None
    label, value = text[: found.start()].strip(), text[found.end() :].strip()
    if not value or not label or len(label.split()) > words or not _TIME_LIKE.search(label):
        return None
    if label.count("(") != label.count(")") or label.count('"') % 2 or ". " in label or "? " in label:
        return None
    if found[0] not in ":：" and label[-1].isdigit() and value[0].isdigit():
        return None
    return label, undecorated(value)


def pair(raw: str, text: str) -> tuple[str, str]:
    """Label and value of a line: `raw` with its marks, `text` without. Both empty where there is no such split."""
    return bold_pair(raw) or plain_pair(text) or ("", "")
