"""What T-minus does in the world: messages, commands, calls; and the threads it is done in."""

from tminus.actions.call import HttpCaller
from tminus.actions.command import CommandRunner
from tminus.actions.dispatch import ThreadDispatcher
from tminus.actions.exchange import HttpExchange
from tminus.actions.notify import AppriseNotifier

__all__ = ["AppriseNotifier", "CommandRunner", "HttpCaller", "HttpExchange", "ThreadDispatcher"]
