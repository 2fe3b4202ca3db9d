"""What screens say of a flag that the plan changes on a date."""

from __future__ import annotations

from support.launches import HEAD, HOUR, ROLLOUT, Course
from tminus.app.viewing import build_view, feed
from tminus.core.events import LaunchStarted
from tminus.core.outline import Outline
from tminus.plan.reading import read_plan_text

BANNER = "cart: { changes: [{ at: 2026-01-12T10:00, to: on }, { at: 2026-01-20T00:00, to: off }] }"


def test_a_screen_says_what_a_flag_changes_to_next_and_the_feed_why_it_changed() -> None:
    launch = Course(Outline(read_plan_text(HEAD.replace("cart: {}", BANNER) + ROLLOUT)))
    launch.record(LaunchStarted(title="Page", plan={}))
    launch.rest()
    page, cart = build_view(launch.outline, launch.state, launch.facts, launch.now, []).flags
    assert (page.next_change, cart.next_change) == ("", "on for everybody on 12 Jan 2026, 10:00")
    launch.wait(HOUR)
    cart = build_view(launch.outline, launch.state, launch.facts, launch.now, []).flags[1]
    assert (cart.share, cart.next_change) == (1.0, "off on 20 Jan 2026, 00:00")
    lines = [item.text for item in feed(launch.outline, launch.log) if item.kind == "FlagSet"]
    assert lines == ["Flag cart changes to on for everybody, as the plan schedules for 12 Jan 2026, 10:00"]
