"""Fences of commands: shells, Dockerfiles, SQL, and files of settings. A comment heads the commands beneath it."""

from __future__ import annotations

import re

from tminus.importer.fence_lines import Line, LineReader, bare, without_comment
from tminus.importer.inline import plain, plain_pair
from tminus.importer.list_marks import Mark, read_mark
from tminus.importer.page import Block, Kind

_REMARK = re.compile(r"(?:#+|--|//|;|::|REM\b)[ \t]*+(.*)", re.IGNORECASE)
_SETTING = re.compile(
    r"(?:export\s+|set\s+|setx\s+|ENV\s+|ARG\s+|\$env:)?([A-Za-z_][\w.-]*+)(\s*+)=(\s*+)((?:(?!=).*)?)", re.DOTALL
)
_SECTION = re.compile(r"\[\[?([^\[\]]++)\]\]?")
_PROMPT = re.compile(r"(?:\$|PS [^>]{0,80}>|[\w.-]{1,40}@[\w.-]{1,60}:[^$#]{0,80}[$#])[ \t]+")
_HEREDOC = re.compile(r"<<-?\s?[\"']?([A-Za-z_]\w*)[\"']?")
_SETTINGS = frozenset(("env", "dotenv", "ini", "properties", "toml", "conf"))
_SQL = frozenset(("sql", "psql"))


def read_commands(language: str, lines: list[Line], structure: dict[int, str]) -> list[Block]:
    """One CODE block a command, its continued lines joined; `NAME=value` is a pair, a numbered line an item."""
    return _Commands(language, lines, structure).read()


class _Commands(LineReader):
    def __init__(self, language: str, lines: list[Line], structure: dict[int, str]) -> None:
        super().__init__(language, [line for line in lines if not line.text.startswith("#!")], structure)
        structure.update((line.number, "shebang") for line in lines if line.text.startswith("#!"))
        self.language = language
        self.ends = {
            line.text: at for at, line in enumerate(self.lines)
        }  # the last place of each line: where heredocs end

    def line(self, at: int) -> int:
        line = self.lines[at]
        if self.is_remark(line.text):
            return self.remark(at)
        if (section := _SECTION.fullmatch(line.text)) and self.language in _SETTINGS:
            self.head(at, section[1], at)
            return at + 1
        if (mark := read_mark(line.text)) and mark.sort not in "*+" and mark.end < len(line.text):
            self.item(at, mark)
            return at + 1
        return self.command(at)

    def is_remark(self, text: str) -> bool:
        if self.language in _SQL:
            return text.startswith("--")
        if text[0] == "#":
            return True
        if self.language in ("cmd", "bat", "batch"):
            return text.startswith("::") or text[:4].upper() == "REM "
        return text.startswith("// ") or (text[0] == ";" and self.language in _SETTINGS)

    def remark(self, at: int) -> int:
        """Comments on adjacent lines are one heading, if something follows that is no comment."""
        end = at + 1
        while (
            end < len(self.lines)
            and self.lines[end].number == self.lines[end - 1].number + 1
            and self.is_remark(self.lines[end].text)
        ):
            end += 1
        said = [(n, self.words(n)) for n in range(at, end)]
        for n, words in said:
            if not words:
                self.structure[self.lines[n].number] = "rule"
        spoken = [n for n, words in said if words]
        text = " ".join(words for _, words in said if words)
        if not spoken:
            return end
        followed = end < len(self.lines) and not self.is_remark(self.lines[end].text)
        if followed and spoken[-1] - spoken[0] == len(spoken) - 1:
            self.head(spoken[0], text, spoken[-1])
            return end
        for n, words in said:
            if words:
                self.leaf(Kind.TEXT, n, n, words)
        return end

    def words(self, at: int) -> str:
        found = _REMARK.match(self.lines[at].text)
        words = found[1].strip() if found else self.lines[at].text
        return words.strip("-=#* ") and words.rstrip("-=# ")

    def head(self, at: int, text: str, last: int) -> None:
        while self.tree.open:
            self.tree.pop()
        self.tree.push(0, Block(Kind.HEADING, self.lines[at].number, plain(text), self.lines[last].number))

    def item(self, at: int, mark: Mark) -> None:
        text = plain(self.lines[at].text[mark.end :])
        block = self.leaf(Kind.ITEM, at, at, text)
        block.number, block.checked = mark.number, mark.checked
        block.label, block.value = plain_pair(text) or ("", "")

    def command(self, at: int) -> int:
        raw = _PROMPT.sub("", self.lines[at].text, count=1)
        text, comment = (raw, "") if self.language in _SETTINGS else without_comment(raw, "# ")
        text = text or raw
        found = _SETTING.fullmatch(text)
        if found and self.is_setting(found):
            block = self.leaf(Kind.PAIR, at, at, text, comment)
            block.label, block.value = found[1], bare(found[4])
            return at + 1
        end = self.last_line(at, text)
        if end > at:
            joined = [text, *(self.lines[n].text for n in range(at + 1, end + 1))]
            heredoc = not text.endswith(("\\", "^", "`"))
            text = "\n".join(joined) if heredoc else " ".join(part.rstrip("\\^` ") for part in joined)
        self.leaf(Kind.CODE, at, end, text, comment)
        return end + 1

    def is_setting(self, found: re.Match[str]) -> bool:
        """`A=b c` runs `c`; `A="b c"` and `A=$(b c)` are settings, and so is anything in a file of settings."""
        if self.language in _SETTINGS:
            return True
        value = found[4]
        if found[2] or found[3]:
            return not value or self.language in ("powershell", "ps1", "pwsh", "make", "makefile")
        return not any(map(str.isspace, value)) or value[0] in "\"'$"

    def last_line(self, at: int, text: str) -> int:
        if found := _HEREDOC.search(text):
            end = self.ends.get(found[1], -1)
            if end > at:
                return end
        signs = ("\\", "`") if self.language in ("powershell", "ps1", "pwsh") else ("\\",)
        if self.language in ("cmd", "bat", "batch"):
            signs = ("^",)
        end = at
        while end + 1 < len(self.lines) and self.lines[end].text.endswith(signs):
            if self.lines[end + 1].number != self.lines[end].number + 1:
                break
            end += 1
        return end

    def leaf(self, kind: Kind, at: int, last: int, text: str, comment: str = "") -> Block:
        return self.tree.leaf(Block(kind, self.lines[at].number, text, self.lines[last].number, comment=comment))
