"""Messages to roles through Apprise: mail, chat, pagers, whatever the role's URL names."""

from __future__ import annotations

import logging
from collections.abc import Mapping

from tminus.actions.reference import secret, variable
from tminus.errors import ActionError
from tminus.ports import Job

# Apprise logs a URL that it does not understand as it stands, password and all. What matters is in our errors.
logging.getLogger("apprise").disabled = True

_URGENCY = {"critical": "FAILURE", "high": "FAILURE", "medium": "WARNING", "warning": "WARNING"}  # of `NotifyType`


class AppriseNotifier:
    """Performs `notify`: spec `role`, `reach` (`env:NAME` or None), `title`, `body`, `severity`.

    The variable holds one Apprise URL or several. It is read at each attempt and never appears in a message: an
    Apprise URL is a secret as a whole.
    """

    def __init__(self, env: Mapping[str, str]) -> None:
        self._env = env

    def perform(self, job: Job) -> str:
        """Send it. A role without a reach is told nothing, and the note says so. Raises `ActionError`."""
        role, reach = str(job.spec.get("role", "")), job.spec.get("reach")
        if not reach:
            return f"not sent: role {role} has no reach (give it one in the plan: env:NAME)"
        name = variable(reach, f"the reach of role {role}")
        urls = secret(self._env, reach, f"the reach of role {role}")
        if not urls:
            return f"not sent: role {role} has no reach (set {name})"
        self._send(urls, name, role, job)
        return f"sent to {role} ({name})"

    def _send(self, urls: str, name: str, role: str, job: Job) -> None:
        import apprise  # a tenth of a second, of every start, for what many launches never do

        targets = apprise.Apprise()
        if not targets.add(urls) or not len(targets):
            raise ActionError(
                f"{name} holds no URL that Apprise understands, {role} was not told",
                hint="its forms are on https://appriseit.com, such as mailto://user:password@host",
            )
        title, body = str(job.spec.get("title") or ""), str(job.spec.get("body") or "")
        urgency = getattr(apprise.NotifyType, _URGENCY.get(str(job.spec.get("severity")), "INFO"))
        if not targets.notify(body=body or title or "T-minus", title=title, notify_type=urgency):
            raise ActionError(
                f"the message to {role} was not accepted ({name})",
                hint=f'to see why: apprise -vv -b test "${name}"',
                retryable=True,
            )
