"""Which series a question means: of this flag, of this arm, in these countries."""

from __future__ import annotations

import re
from collections.abc import Iterable

from tminus.plan.criterion import Arm
from tminus.plan.model import Metric
from tminus.plan.selector import Matcher, Selector
from tminus.ports import Exposure, Question

# OpenTelemetry's semantic conventions for feature flags and for places; `country` is what people write by themselves.
FLAG_LABEL = "feature_flag.key"
VARIANT_LABEL = "feature_flag.result.variant"
COUNTRY_LABELS = ("geo.country.iso_code", "country")

_BASE_UNITS = {"ms": 1e-3, "us": 1e-6, "µs": 1e-6, "ns": 1e-9, "min": 60.0, "h": 3600.0}


def of_flag(selector: Selector | None, exposure: Exposure) -> Selector:
    """Measurements of this flag, or of services that report one flag only and do not name it.

    Where the rollout is confined to some countries, those of other countries are left out; what names no country stays.
    """
    assert selector is not None
    matchers = [*selector.matchers, Matcher(FLAG_LABEL, "=~", f"({re.escape(exposure.flag)})?")]
    if exposure.countries is not None:
        names = _any_of(sorted(exposure.countries))
        matchers += [Matcher(label, "=~", f"(?i)({names})?") for label in COUNTRY_LABELS]
    return Selector(selector.name, tuple(matchers))


def of_variants(selector: Selector | None, exposure: Exposure, variants: Iterable[str]) -> Selector:
    """The same for some of the flag's variants."""
    found = of_flag(selector, exposure)
    return Selector(found.name, (*found.matchers, Matcher(VARIANT_LABEL, "=~", _any_of(variants))))


def narrowed(selector: Selector | None, question: Question) -> Selector:
    """What a question about one arm means; the selector as it is where the question is about everybody."""
    assert selector is not None
    if question.arm is Arm.ALL or question.exposure is None:
        return selector
    return of_variants(selector, question.exposure, question.exposure.variants(question.arm))


def base_unit(metric: Metric) -> float:
    """How much one of the metric's unit is in base units: 0.001 for ms."""
    return _BASE_UNITS.get(metric.unit, 1.0)


def _any_of(names: Iterable[str]) -> str:
    return "|".join(map(re.escape, names))
