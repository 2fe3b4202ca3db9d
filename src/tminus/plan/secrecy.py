"""Secrets: found by the name they are given, by their shape and by their place. Pure; every pattern is linear.

Two questions with two answers. `without_secrets` masks whatever may be one: a word too many is no harm there.
`holds_secret` refuses a plan, and is sure: references, placeholders and names of files are none.
"""

from __future__ import annotations

import math
import re
from collections import Counter

MASK = "***"


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_TELLING = _words(
    "key keys apikey token tokens secret secrets password passwd pass pwd passphrase dsn credential "
    "credentials private auth bearer signature salt jwt pin passwort kennwort schlussel motdepasse "
    "contrasena senha wachtwoord haslo sifre parola"
)
# `KEY` alone names many harmless things: these around it say that it is one.
_HARMLESS = _words(
    "public publishable expiry ttl name names header count limit length url_prefix rotation file path prefix"
)
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")

_TOKEN = re.compile(
    r"(?<![\w-])(?:"
    r"sk-[\w-]{3,}|(?:sk|pk|rk)_(?:live|test|prod)_\w{3,}|re_[\w]{3,}|whsec_\w{4,}|AKIA[0-9A-Z]{8,}|ASIA[0-9A-Z]{8,}|AIza[\w-]{10,}"
    r"|gh[pousr]_\w{8,}|github_pat_\w{8,}|glpat-[\w-]{8,}|xox[abprs]-[\w-]{6,}|eyJ[\w-]{8,}[\w.-]*|SG\.[\w-]{6,}[\w.-]*"
    r"|npm_\w{10,}|pypi-[\w-]{10,}|hv[sb]\.[\w-]{8,}|dop_v1_\w{8,}|sntrys_[\w-]{6,}|ya29\.[\w-]{8,}|AC[0-9a-f]{32}|sb[ps]_\w{10,}"
    r")"
)
_USERINFO = re.compile(r"(://[^\s/:@\"'`<>]{0,200}:)([^\s@\"'`<>]{1,500})@")
_WEBHOOK = re.compile(
    r"(https://(?:hooks\.slack\.com/(?:services|workflows)|discord(?:app)?\.com/api/webhooks|[\w.-]{1,80}\.webhook\.office\.com)/)[^\s\"'`<>)]+"
)
_BEARER = re.compile(
    r"(?i)\b((?:authorization|proxy-authorization)\s{0,4}[:=]\s{0,4}[\"']?(?:bearer|basic|token)\s{1,4}|bearer\s{1,4}(?=\S{0,200}[\d_.-]))[^\s\"'`<>,]{4,}"
)
_HEADER = re.compile(r"(?i)\b((?:x-)?(?:api|auth|access)-(?:key|token)[\"']?\s{0,4}[:=]\s{0,4}[\"']?)[^\s\"'`<>,]{4,}")
_FLAG = re.compile(
    r"(?i)((?:^|\s)--?(?:password|passwd|token|secret|api-?key|access-?key|passphrase)(?:=|\s{1,4})[\"']?)(?![$-])[^\s\"'`]{3,}"
)
_ASSIGNED = re.compile(
    r"(?<![\w$.-])([A-Za-z_][\w.-]{1,80})([\"']?\s{0,4}(?::=|=|:)\s{0,4})(\"[^\"]{1,4000}\"|'[^']{1,4000}'|[^\s\"',;}\])]{1,4000})"
)
_CLOSED = re.compile(r"-----BEGIN [^-]{1,40}-----.*?(?:-----END [^-]{1,40}-----|\Z)", re.DOTALL)
_BASE64 = re.compile(r"(?<!sha256:)(?<!sha512-)(?<![A-Za-z0-9+/=_-])[A-Za-z0-9+/=_-]{60,}")
_REFERENCE = re.compile(r"\$\{{0,2}|\[|<|%\(|\*{3,}|\.{3}|env:|vault:|op://|secrets\.|process\.env")
_QUICK = re.compile(
    r"[=:]|sk-|_|AKIA|ASIA|AIza|eyJ|-----|xox|earer|glpat|SG\.|hv[sb]\.|pypi-|ya29|--?\w|[\w+/]{60}|AC[0-9a-f]{32}"
)


def telling(name: str) -> bool:
    """Whether a name says that its value is a secret: `JWT_SECRET`, `stripeApiKey`, `SENTRY_DSN`."""
    words = [word.lower() for word in _WORD.findall(name[:200])]
    found = [word for word in words if word in _TELLING]
    if not found:
        return False
    return not (
        set(found) <= {"key", "keys", "token", "tokens", "pass", "pin", "auth"} and _HARMLESS.intersection(words)
    )


def shaped(value: str) -> bool:
    """Whether a value looks like a secret by itself: a token of a known shape, a password in an address, long and random."""
    short = value.strip().strip("\"'`")[:4000]
    if not short or _REFERENCE.match(short):
        return False
    if _TOKEN.search(short) or _USERINFO.search(short) or _WEBHOOK.search(short) or "-----BEGIN" in short:
        return True
    return _random(short)


def looks_secret(name: str, value: str) -> bool:
    """Whether the environment variable `name` with `value` is one that no file may hold."""
    return telling(name) or shaped(value)


def _random(text: str) -> bool:
    """Whether one unbroken word has letters and digits mixed as no person writes them: 24 of them, 3.6 bits each."""
    if (
        not 24 <= len(text) <= 2000
        or re.search(r"[\s.:,]", text)
        or not (re.search(r"\d", text) and re.search(r"[A-Za-z]", text))
    ):
        return False
    counts = Counter(text)
    bits = -sum(count / len(text) * math.log2(count / len(text)) for count in counts.values())
    words = re.findall(r"[A-Za-z]{4,}", text)
    return (bits >= 3.6 and sum(map(len, words)) < 0.6 * len(text)) or bool(re.fullmatch(r"[0-9a-fA-F]{32,}", text))


def without_secrets(text: str) -> str:
    """`text` with every secret replaced by `***`: assignments of telling names, known tokens, passwords in addresses,
    authorisation headers, private keys. References such as `$TOKEN` stay: they hold nothing."""
    if not _QUICK.search(text):
        return text
    if "-----BEGIN" in text:
        text = _CLOSED.sub(MASK, text)
    if "://" in text:
        text = _WEBHOOK.sub(rf"\1{MASK}", _USERINFO.sub(rf"\1{MASK}@", text))
    text = _TOKEN.sub(MASK, text)
    if "earer" in text or "BEARER" in text or "uthorization" in text or "UTHORIZATION" in text:
        text = _BEARER.sub(rf"\1{MASK}", text)
    if "-" in text:
        text = _FLAG.sub(rf"\1{MASK}", _HEADER.sub(rf"\1{MASK}", text))
    if "=" in text or "--" in text:
        # What `holds_secret` refuses is masked here as well, so that what the importer writes passes the check.
        text = _OPTION.sub(_given, _GIVEN.sub(_given, text))
    if "=" in text or ":" in text:
        text = _ASSIGNED.sub(_assigned, text)
    return _BASE64.sub(lambda found: MASK if _random(found[0]) else found[0], text)


def _assigned(found: re.Match[str]) -> str:
    name, between, value = found.groups()
    if not telling(name) and not shaped(value):
        return found[0]
    bare = value.strip("\"'`")
    if _REFERENCE.match(bare) or not bare or bare == MASK or (between.startswith(":") and not _code_like(name, bare)):
        return found[0]
    quote = value[0] if value[0] in "\"'" else ""
    return f"{name}{between}{quote}{MASK}{quote}"


def _code_like(name: str, value: str) -> bool:
    """After a colon people write sentences too (`Secrets: rotated`): only a code-like name or value is a secret there."""
    return (
        "_" in name
        or name.isupper()
        or bool(re.search(r"[a-z][A-Z]", name))
        or (bool(re.search(r"\d", value)) and len(value) > 5)
    )


# Long enough to be real, and with a digit where the beginning alone may be a word (`re_index`, `npm_config_cache`).
_SURE = re.compile(
    r"(?<![\w-])(?:"
    r"(?:sk-|re_|npm_|pypi-)(?=[A-Za-z_-]{0,100}\d)[\w-]{8,}|(?:sk|rk)_(?:live|test|prod)_\w{8,}|whsec_\w{16,}"
    r"|A[KS]IA[0-9A-Z]{12,}|AIza[\w-]{30,}|gh[pousr]_\w{16,}|github_pat_\w{16,}|glpat-[\w-]{16,}|xox[abprs]-[\w-]{8,}"
    r"|eyJ[\w-]{10,}|SG\.[\w-]{16,}|hv[sb]\.[\w-]{16,}|dop_v1_\w{16,}|sntrys_[\w-]{16,}|ya29\.[\w-]{16,}"
    r")"
)
_PRIVATE_KEY = re.compile(r"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----")
_VALUE = r"(\"[^\"\n]{1,400}\"|'[^'\n]{1,400}'|[^\s\"'`,;&|)\]}]{1,400})"
_GIVEN = re.compile(rf"(?<![\w$.-])-{{0,2}}([A-Za-z_][\w.-]{{0,80}})=(?!=){_VALUE}")
_OPTION = re.compile(rf"(?i)(?<!\S)--?(password|passwd|passphrase|token|api-?key|access-?key)\s{{1,4}}(?![-|]){_VALUE}")
_PASSWORD = re.compile(r"(?i)(?:password|passwd|passphrase|kennwort|passwort)$")
_SECRET = re.compile(r"(?i)(?:secret|token|credentials?|(?:api|access|secret|private|signing|encryption)[_.-]?key)$")
_NO_LITERAL = re.compile(r"[$<{(*@~/%`\[]|\.{1,3}(?:/|$)|env:|vault:|op://|secrets\.|process\.env")
_NO_SECRET = _words(
    "true false yes no on off none null required optional secret password token changeme redacted hidden masked"
)


def _given(found: re.Match[str]) -> str:
    return found[0][: -len(found[2])] + MASK if names_secret(found[1], found[2]) else found[0]


def holds_secret(text: str) -> bool:
    """Whether `text` surely holds a secret: a token of a known shape, a private key, a password in an address, or a
    literal value given to a name that says so (`DB_PASSWORD=…`, `--token …`)."""
    if not _QUICK.search(text):
        return False
    if any(_is_real(found[0]) for found in _SURE.finditer(text)) or _PRIVATE_KEY.search(text):
        return True
    if any(_is_literal(found[0][len(found[1]) :]) for found in _WEBHOOK.finditer(text)):
        return True
    if any(_is_literal(found[2]) for found in _USERINFO.finditer(text)):
        return True
    given = (*_GIVEN.finditer(text), *_OPTION.finditer(text))
    return any(names_secret(found[1], found[2]) for found in given)


def names_secret(name: str, value: str) -> bool:
    """Whether `value` is a literal that `name` calls a secret. Only NAMES_LIKE_THIS are believed whatever their value."""
    bare = value.strip("\"'")
    if not _is_literal(bare) or len(bare) < 3 or bare.lower() in _NO_SECRET or not _is_real(bare):
        return False
    if _PASSWORD.search(name):
        return True
    mixed = len(bare) >= 8 and any(c.isdigit() for c in bare) and any(c.isalpha() for c in bare)
    return bool(_SECRET.search(name)) and (mixed or (name.isupper() and not bare.isdigit()))


def _is_literal(value: str) -> bool:
    """False for `$NAME`, `<your token>`, `***`, and for paths: they name a secret and do not hold it."""
    return not _NO_LITERAL.match(value.strip("\"'"))


def _is_real(token: str) -> bool:
    """False for a placeholder such as `sk-xxxxxxxx`."""
    return len(set(token.lower()[-8:]) - set("x*.-_")) > 1
