"""An OpenFeature provider that evaluates in the service's own process: `pip install 'tminus[openfeature]'`."""

try:
    import openfeature.provider  # noqa: F401
except ImportError:
    raise ImportError("tminus.provider needs the package openfeature-sdk: pip install 'tminus[openfeature]'") from None

from tminus.provider.provider import TminusProvider

__all__ = ["TminusProvider"]
