"""The pure heart: events, `evolve(state, event) -> state`, `decide(outline, state, facts, now) -> events`."""
