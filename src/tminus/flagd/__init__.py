"""What flagd's clients speak: its gRPC services (evaluation v1 and v2, sync v1) and its definitions by HTTP.

gRPC is asked for separately, since only those who use it need it: `pip install 'tminus[flagd]'`.
"""

from tminus.flagd.definitions import DefinitionsApp
from tminus.flagd.server import GrpcServer

__all__ = ["DefinitionsApp", "GrpcServer"]
