"""All commands, in the order one needs them."""

from __future__ import annotations

from tminus.cli import (
    advise,
    conformance,
    demo,
    edge,
    experiments,
    flags,
    importing,
    launches,
    plans,
    rehearsing,
    show,
    steering,
    tokens,
    why,
)
from tminus.cli.program import program

app = program()
importing.add_to(app)
plans.add_to(app)
show.add_to(app)
advise.add_to(app)
rehearsing.add_to(app)
launches.add_to(app)
why.add_to(app)
experiments.add_to(app)
flags.add_to(app)
steering.add_to(app)
edge.add_to(app)
tokens.add_to(app)
conformance.add_to(app)
demo.add_to(app)
