"""Who was given what: evaluations counted as they happen, and reported in the background."""

from tminus.exposing.http import HttpSink
from tminus.exposing.report import Counted, Reporter, Sink
from tminus.exposing.tally import Tally

__all__ = ["Counted", "HttpSink", "Reporter", "Sink", "Tally"]
