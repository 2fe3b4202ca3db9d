"""Messages through Apprise, to a real SMTP receiver on loopback."""

import email
import email.policy
import socket
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from tminus.actions import AppriseNotifier
from tminus.errors import ActionError
from tminus.ports import Job


class Mailbox:
    """What the receiver took in; `refuse` makes it say no."""

    def __init__(self) -> None:
        self.messages: list[EmailMessage] = []
        self.refuse = False

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        if self.refuse:
            return "451 4.3.0 try again later"
        parsed = email.message_from_bytes(envelope.content, policy=email.policy.default)
        assert isinstance(parsed, EmailMessage)
        self.messages.append(parsed)
        return "250 OK"


@pytest.fixture
def mailbox() -> Iterator[tuple[Mailbox, str]]:
    box = Mailbox()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    yield box, f"mailto://127.0.0.1:{port}/?from=tminus@example.org&to=lead@example.org&mode=insecure"
    controller.stop()


Make = Callable[..., Job]


def notify(job: Make, reach: str | None = "env:LEAD_URL", **more: Any) -> Job:
    spec = {"role": "lead", "reach": reach, "title": "Enhanced profile", "body": "Rolled back: errors 5 % > 1 %"}
    return job("notify", **{**spec, "severity": "critical", **more})


def test_a_message_arrives_by_mail(mailbox: tuple[Mailbox, str], job: Make) -> None:
    box, url = mailbox
    assert AppriseNotifier({"LEAD_URL": f" {url}\n"}).perform(notify(job)) == "sent to lead (LEAD_URL)"
    (message,) = box.messages
    assert message["Subject"] == "Enhanced profile"
    assert "lead@example.org" in message["To"]
    text = message.get_body(("plain", "html"))
    assert text is not None
    assert "Rolled back: errors 5 % > 1 %" in text.get_content()


def test_a_message_without_a_body_still_says_its_title(mailbox: tuple[Mailbox, str], job: Make) -> None:
    box, url = mailbox
    AppriseNotifier({"LEAD_URL": url}).perform(notify(job, body=""))
    assert [message["Subject"] for message in box.messages] == ["Enhanced profile"]


def test_a_receiver_that_says_no_is_worth_another_try_and_keeps_the_url_secret(
    mailbox: tuple[Mailbox, str], job: Make
) -> None:
    box, url = mailbox
    box.refuse = True
    with pytest.raises(ActionError, match=r"the message to lead was not accepted \(LEAD_URL\)") as caught:
        AppriseNotifier({"LEAD_URL": url}).perform(notify(job))
    assert caught.value.retryable
    assert "127.0.0.1" not in str(caught.value)


def test_a_receiver_that_is_not_there_is_worth_another_try(job: Make, caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(ActionError) as caught:
        AppriseNotifier({"LEAD_URL": "json://user:hush@127.0.0.1:1/secret-path"}).perform(notify(job))
    assert caught.value.retryable
    assert "hush" not in str(caught.value) + caplog.text
    assert "secret-path" not in str(caught.value) + caplog.text


@pytest.mark.parametrize("env", [{}, {"LEAD_URL": ""}, {"LEAD_URL": "  "}])
def test_a_role_whose_variable_is_not_set_is_honestly_not_told(job: Make, env: dict[str, str]) -> None:
    assert AppriseNotifier(env).perform(notify(job)) == "not sent: role lead has no reach (set LEAD_URL)"


def test_a_role_without_a_reach_is_honestly_not_told(job: Make) -> None:
    assert AppriseNotifier({}).perform(notify(job, reach=None)).startswith("not sent: role lead has no reach")


@pytest.mark.parametrize("value", ["hush-not-a-url", "zzz://u:hush@host/hush", "mailto://:hush@"])
def test_a_variable_with_nothing_apprise_knows_is_a_lasting_error_that_keeps_it_secret(
    job: Make, value: str, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(ActionError, match="LEAD_URL holds no URL that Apprise understands") as caught:
        AppriseNotifier({"LEAD_URL": value}).perform(notify(job))
    assert not caught.value.retryable
    assert "hush" not in str(caught.value) + caplog.text


@pytest.mark.parametrize("reach", ["mailto://user:hush@host", "env:", "LEAD_URL"])
def test_a_reach_that_is_no_reference_is_refused_without_repeating_it(job: Make, reach: str) -> None:
    with pytest.raises(ActionError, match="the reach of role lead is not a reference") as caught:
        AppriseNotifier({}).perform(notify(job, reach=reach))
    assert "hush" not in str(caught.value)
