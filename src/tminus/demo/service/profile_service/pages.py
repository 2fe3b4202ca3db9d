"""The pages: the old profile, the enhanced one, and what a user sees when something broke."""

from __future__ import annotations

from pathlib import Path

from jinja2 import Environment, FileSystemLoader

from .profiles import Card, Profile

_templates = Environment(
    loader=FileSystemLoader(Path(__file__).with_name("templates")), autoescape=True, auto_reload=False
)


def simple_profile(profile: Profile) -> str:
    """Renders the old profile: a name and two facts."""
    return _templates.get_template("simple.html").render(profile=profile)


def enhanced_profile(profile: Profile, cards: list[Card]) -> str:
    """Renders the new profile: completion bar, cards, and what the collection is worth."""
    return _templates.get_template("enhanced.html").render(
        profile=profile, cards=cards, worth=collection_worth(cards) / 100
    )


def collection_worth(cards: list[Card]) -> int:
    """Returns what all copies of all cards are worth together, in cents."""
    return sum(card.price * card.copies for card in cards)


def start_page(release: str) -> str:
    """Renders what this service is, with a way in."""
    return _templates.get_template("start.html").render(release=release)


def failure_page() -> str:
    """Renders the answer to a request that failed."""
    return _templates.get_template("failure.html").render()


def not_found_page() -> str:
    """Renders the answer to an address that does not exist."""
    return _templates.get_template("not_found.html").render()
