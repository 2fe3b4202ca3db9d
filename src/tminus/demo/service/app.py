"""Starts the profile service, as any team might have it: plain ASGI, one feature flag, metrics and events.

    python -m uvicorn app:app --app-dir FOLDER_OF_THIS_FILE --port 8001 --no-access-log

GET /profile/{user} shows the old profile or the enhanced one, as the flag `enhanced-profile` says for that user.
POST /profile/{user}/complete (or /avatar, /bio) saves a part of it. GET /health tells how the service is doing.
Settings come from the environment: profile_service/settings.py lists them.
"""

from __future__ import annotations

# uvicorn puts this folder on the path; a type checker that starts at the project's root does not know that.
from profile_service.application import ProfileService  # type: ignore[import-not-found]
from profile_service.settings import Settings  # type: ignore[import-not-found]

app = ProfileService(Settings.from_environment())
