"""Reads what a deployment types: shell lines with the comment above them, and the steps of a workflow."""

from __future__ import annotations

import re

from tminus.importer.draft import Command, Draft, Recovery
from tminus.importer.extract_common import body, head, whole
from tminus.importer.extract_reading import recovery_in, rhythm_in
from tminus.importer.page import Block, Kind
from tminus.importer.words_extract import BACKUP_WORDS, word_set

_SHELLS = word_set(
    "bash sh shell zsh fish console terminal shell-session shellsession powershell ps1 pwsh cmd bat batch makefile"
)
_SESSIONS = frozenset(["console", "terminal", "shell-session", "shellsession"])
_WORKFLOWS = frozenset(["yaml", "yml"])
_PROGRAMS = word_set(
    "npm npx yarn pnpm bun node deno docker docker-compose podman kubectl helm kustomize terraform tofu "
    "ansible ansible-playbook make git gh curl wget ssh scp rsync sudo systemctl service aws gcloud az "
    "heroku vercel netlify fly flyctl railway supabase firebase wrangler serverless sls pip pip3 python "
    "python3 poetry uv pytest tox go cargo mvn gradle ./gradlew ./mvnw rake bundle rails php composer "
    "artisan dotnet psql pg_dump mysql mysqldump redis-cli alembic flyway liquibase prisma cd cp mv rm "
    "mkdir chmod tar unzip gpg cap kamal pulumi argocd kamal nomad consul vault pm2 nginx caddy certbot "
    "k6 artillery sentry-cli eas expo fastlane xcodebuild adb"
)
_PROMPT = re.compile(r"(?:[\w.@~:/-]{1,60})?[$❯➜](?:\s+|(?=\w))|PS[^>\s]{0,80}>\s*|>\s+")
_ASSIGNED_ONLY = re.compile(
    r"(?:export\s+|set\s+|local\s+|readonly\s+|\$env:)?[A-Za-z_]\w*\s?=(?:\"[^\"]*\"|'[^']*'|\$\([^()]*\)|[^\s\"']*)\s*(?:#.*)?"
)
_NO_COMMAND = re.compile(
    r"#!|set\s+[-+]\w|set -o|shopt\s|(?:then|else|fi|do|done|esac|\}|\{|;;)\s*$|REM\s|::|@echo off"
)
_NUMBERED = re.compile(r"(?:step\s*)?\d{1,3}(?:\.\d{1,3})*[.):]\s+", re.IGNORECASE)
_TYPED = re.compile(
    r"[a-z][\w./-]*(?:\s+[\w./:@=-]+){0,6}\s+--?\w"
)  # `tool verb noun --option`: no program prints that
_SCRIPT_KEYS = frozenset(("run", "script", "steps", "jobs", "deploy"))
_SETTINGS = word_set("env dotenv ini properties toml conf sql psql json javascript js typescript ts")


def read_commands(block: Block) -> list[Command]:
    """The commands of a section, in their order; a comment becomes the title of the command beneath it. Output of a
    session, assignments and shell options are left alone."""
    found: list[Command] = []
    stack: list[tuple[Block, tuple[str, int]]] = [(block, ("", 0))]
    while stack:
        one, above = stack.pop()
        language = one.fence.lower() if one.fence is not None else ""
        beneath = above
        if one.fence is not None and one.kind is not Kind.FENCE:
            beneath = _above(one, above)
            if run := _command(one, language, beneath):
                title, line = above if one.kind is Kind.CODE else beneath
                named = not (found and line and line in found[-1].lines)
                further = [*range(one.line + 1, min(one.last, one.line + 1000) + 1)]
                found.append(
                    Command(one.line, run, title if named else "", lines=[line, *further] if line else further)
                )
        stack.extend((child, beneath) for child in reversed(one.children))
    for command in found:
        if not command.title:
            command.lines = [line for line in command.lines if line > command.line]
    return found


def _above(one: Block, above: tuple[str, int]) -> tuple[str, int]:
    """What heads the commands beneath: a comment, or the name of a workflow's step."""
    if one.kind is Kind.HEADING and not one.label and head(one).lower() not in _SCRIPT_KEYS:
        return _NUMBERED.sub("", head(one), count=1), one.line
    if one.kind is Kind.ITEM and one.label.lower() == "name":
        return body(one), one.line
    if one.kind is Kind.ITEM:
        return "", 0
    return above


def _command(one: Block, language: str, above: tuple[str, int]) -> str:
    """The command on a line of a fence; empty for everything else."""
    if one.kind in (Kind.PAIR, Kind.ITEM) and one.label.lower() == "run" and language in _WORKFLOWS:
        return "" if one.children else body(one)
    if one.kind is not Kind.CODE or language in _SETTINGS:
        return ""
    text = one.text.strip()
    prompt = _PROMPT.match(text)
    run = text[prompt.end() :] if prompt else text
    first = run.split(None, 1)[0] if run.strip() else ""
    if not first or _NO_COMMAND.match(run) or _ASSIGNED_ONLY.fullmatch(run[:2000]):
        return ""
    if language in _SESSIONS and not prompt:
        return run if first in _PROGRAMS or _TYPED.match(run) else ""
    if language in _SHELLS or language in _WORKFLOWS or prompt:
        return run
    return run if first in _PROGRAMS or first.startswith(("./", "bin/", "scripts/")) else ""


def read_recovery(block: Block, draft: Draft) -> None:
    """RTO and RPO, and how often there is a backup."""
    for one in block.walk():
        if one.kind is Kind.FENCE or (one.kind is Kind.HEADING and one.line == block.line and one.children):
            continue
        text = " ".join(one.cells) if one.kind is Kind.ROW else whole(one)
        times = recovery_in(text, one.line)
        every = rhythm_in(text) if BACKUP_WORDS.find(text) else ""
        if times is not None:
            times.every = every
            draft.recovery.append(times)
        elif every:
            draft.recovery.append(Recovery(one.line, every=every))
