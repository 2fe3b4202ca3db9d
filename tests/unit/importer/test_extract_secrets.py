"""No secret leaves a page, and what is none stays as it is."""

from __future__ import annotations

import pytest

from tminus.importer.extracting import looks_secret, without_secrets


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("JWT_SECRET", "x"),
        ("SENTRY_DSN", "https://sentry.example/1"),
        ("stripeApiKey", "x"),
        ("DB_PWD", "x"),
        ("DATABASE_URL", "postgresql://user:pass@db:5432/shop"),
        ("MAIL", "re_8a7b6c"),
        ("MODEL", "sk-ant-something"),
        ("CLOUD", "AKIAIOSFODNN7EXAMPLE"),
        ("SESSION", "eyJhbGciOiJIUzI1NiJ9.e30.abc"),
        ("CERT", "-----BEGIN PRIVATE KEY-----"),
        ("SALT1", "9f8a7d6c5b4e3f2a1b0c9d8e7f6a5b4c"),
    ],
)
def test_a_variable_is_secret_by_its_name_or_by_the_shape_of_its_value(name: str, value: str) -> None:
    assert looks_secret(name, value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("NODE_ENV", "production"),
        ("FRONTEND_URL", "https://shop.example"),
        ("REDIS_URL", "redis://cache:6379"),
        ("AWS_REGION", "us-east-1"),
        ("S3_BUCKET", "shop-prod-assets-of-the-whole-team"),
        ("KEYBOARD", "qwerty"),
        ("MONKEY", "1"),
        ("TOKEN_TTL", "3600"),
    ],
)
def test_an_ordinary_variable_is_not_secret(name: str, value: str) -> None:
    assert not looks_secret(name, value)


@pytest.mark.parametrize(
    ("line", "secret"),
    [
        ("JWT_SECRET=production_jwt", "production_jwt"),
        ('export API_TOKEN="tok example only"', "tok example only"),
        ("DATABASE_URL=postgresql://user:pa55@db:5432/shop", "pa55"),
        ("call it with sk-ant-prod-1234", "sk-ant-prod-1234"),
        ("curl -H 'Authorization: Bearer abc.def.ghi' https://x.example", "abc.def.ghi"),
        ("mysql --password hunter22 -u root", "hunter22"),
        ('  "apiKey": "a1b2c3d4"', "a1b2c3d4"),
        ("db_password: swordfish", "swordfish"),
        ("https://hooks.slack.com/services/T000/B000/abcdef", "B000"),
        ("-----BEGIN RSA PRIVATE KEY-----\nMIIEow\n-----END RSA PRIVATE KEY-----", "MIIEow"),
    ],
)
def test_the_secret_of_a_line_is_masked(line: str, secret: str) -> None:
    masked = without_secrets(line)
    assert secret not in masked
    assert "***" in masked


@pytest.mark.parametrize(
    "line",
    [
        "Secrets: rotated before the launch",
        "Access tokens: expire after 15 minutes",
        "API_TOKEN=$API_TOKEN",
        "vercel-token: ${{ secrets.VERCEL_TOKEN }}",
        "VITE_ANON_KEY=[production-key]",
        "Error rate < 0.1% and p95 < 200ms: https://shop.example/a?b=c",
        "NODE_ENV=production",
        "commit 3824be8 passed",
    ],
)
def test_a_line_without_a_secret_stays_as_it_is(line: str) -> None:
    assert without_secrets(line) == line
