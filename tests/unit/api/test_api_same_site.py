"""Who may ask for a change: this site's own pages and programs, never another site's page."""

from __future__ import annotations

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from tminus.api.same_site import FORM, JSON, refuse_cross_site
from tminus.app.desk import Desk
from tminus.errors import AccessDenied

HOST = "launch.example:8321"


@pytest.mark.parametrize(
    ("origin", "fetch_site", "content_type"),
    [
        (None, None, JSON),  # curl
        (f"http://{HOST}", None, FORM),
        (f"https://{HOST.upper()}", "same-origin", JSON),
        (None, "same-origin", FORM),
        (None, "none", f"{JSON}; charset=utf-8"),
    ],
)
def test_this_site_and_programs_may(origin: str | None, fetch_site: str | None, content_type: str) -> None:
    refuse_cross_site(host=HOST, origin=origin, fetch_site=fetch_site, content_type=content_type)


@pytest.mark.parametrize(
    ("origin", "fetch_site", "content_type"),
    [
        ("https://evil.example", None, JSON),
        ("https://evil.example", "cross-site", FORM),
        (None, "cross-site", JSON),
        (None, "same-site", JSON),  # another port of this machine, or a sister domain
        ("http://launch.example:9999", None, FORM),
        ("null", None, JSON),  # a sandboxed frame
        ("http://[", None, JSON),
        (f"http://{HOST}.evil.example", None, JSON),
        (None, None, FORM),
        (None, None, "text/plain"),  # what a form can send as JSON in disguise
        (None, None, "multipart/form-data; boundary=x"),
        (None, None, ""),
    ],
)
def test_another_site_may_not(origin: str | None, fetch_site: str | None, content_type: str) -> None:
    with pytest.raises(AccessDenied, match=r"\w"):
        refuse_cross_site(host=HOST, origin=origin, fetch_site=fetch_site, content_type=content_type)


def test_a_request_without_a_host_has_no_origin_to_agree_with() -> None:
    with pytest.raises(AccessDenied):
        refuse_cross_site(host="", origin="http://", fetch_site=None, content_type=JSON)


def test_a_refused_change_changes_nothing_and_says_why(client: TestClient[Litestar], desk: Desk) -> None:
    before = desk.view().seq
    answer = client.post("/api/launch/rollback", json={}, headers={"origin": "https://evil.example"})
    assert answer.status_code == 403
    assert answer.json()["code"] == "cross-site"
    assert desk.view().seq == before


def test_reading_is_not_a_change(client: TestClient[Litestar]) -> None:
    assert client.get("/api/launch", headers={"sec-fetch-site": "cross-site"}).status_code == 200
