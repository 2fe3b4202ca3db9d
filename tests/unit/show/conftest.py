"""Plans that are hard to draw."""

from __future__ import annotations

import pytest

from tminus.plan import read_plan_text
from tminus.plan.timeline import timeline
from tminus.plan.timespans import Timeline

ODD = """\
tminus: 1
title: 'Odd "plan" 🚀: <script>alert(1)</script>; #1, a\\b {{x}} %%'
summary: "A summary; with, commas: and #hashes & <b>tags</b>"
starts: 2026-03-05T09:30:00
timezone: America/New_York
roles: { lead: { title: 'Lead; "the" <boss>', reach: env:LEAD }, pm: { title: 製品担当 } }
flags: { page: {}, cart: {} }
regions: { eu: { title: 'Europe <img src=x>; #3', everywhere: true } }
channels: { blog: { title: 'Blog; "b" <i>' } }
announcements: { news: { title: 'section <script>alert(3)</script>; #4', at: 2026-03-09T08:00:00, phase: c, channels: [blog] } }
risks: [{ risk: 'Rain <b>&</b>; #5', impact: high, mitigation: ['"Umbrella" <u>', Sun] }, { risk: 雨が降る }]
metrics:
  error_rate: { source: events, bad: 'request{error="true"}', total: request }
phases:
  - id: a
    title: 'section one: #1; "x" 👩‍💻'
    lasts: 1w
    tasks: [{ do: x, owner: lead, priority: critical }]
    go: [lead, pm]
  - id: b
    title: 'click <script>alert(2)</script>'
    starts: 2026-03-06T09:00:00
    rollout:
      flag: page
      stages:
        - { title: 'task: 5%; #2', to: 5%, for: 36h, go: [lead] }
        - { title: 日本語の段階, to: 50%, for: 1h30m }
        - { to: 100%, regions: [eu], features: [cart], for: 2d, exit: [error_rate < 1% over 1h] }
  - { id: c, title: 'done %% {nothing}', audience: 'x, y; z', tasks: [{ do: y, owner: pm }], notes: ['so, "it"; is'] }
  - { id: d, starts: 2026-05-01, lasts: 2h }
rollback: { when: [canary error_rate > 1% for 2m], within: 5m, do: [{ flag: page, to: off }] }
"""


@pytest.fixture
def odd() -> Timeline:
    """Titles that every format could stumble over, a change of the clocks, a date too early, an open end."""
    return timeline(read_plan_text(ODD))


@pytest.fixture
def odd_text() -> str:
    """The same plan as a file has it."""
    return ODD
