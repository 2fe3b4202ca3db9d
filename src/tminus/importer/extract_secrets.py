"""What must never leave the page. The one implementation is that of the plan, which refuses secrets as well."""

from __future__ import annotations

from tminus.plan.secrecy import MASK, looks_secret, shaped, telling, without_secrets

__all__ = ["MASK", "looks_secret", "shaped", "telling", "without_secrets"]
