"""Variables without their values, containers with their health checks, commands with their comments, backups."""

from __future__ import annotations

from tminus.importer.draft import Draft
from tminus.importer.extracting import EXTRACTORS, read_commands
from tminus.importer.page import Block
from tminus.importer.scanning import scan_page
from tminus.importer.topics import Topic


def section(text: str) -> Block:
    """The first heading of a page, or the page itself."""
    root = scan_page(text).root
    return root.children[0] if len(root.children) == 1 else root


def drafted(topic: Topic, text: str) -> Draft:
    draft = Draft()
    EXTRACTORS[topic](section(text), draft)
    return draft


def test_variables_of_a_fence_keep_name_group_and_secrecy_but_no_value() -> None:
    text = """## Environment
```bash
# Production Environment
NODE_ENV=production
export JWT_SECRET="swordfish_9"

# Mail
MAIL_URL=smtp://bot:hunter22@mail:25
```
"""
    draft = drafted(Topic.VARIABLES, text)
    assert [(one.name, one.secret, one.environment, one.group) for one in draft.variables] == [
        ("NODE_ENV", False, "production", "Production Environment"),
        ("JWT_SECRET", True, "production", "Production Environment"),
        ("MAIL_URL", True, "production", "Mail"),
    ]
    assert "swordfish" not in repr(draft)
    assert "hunter22" not in repr(draft)


def test_variables_of_a_table_and_of_a_list_are_found() -> None:
    table = "## Variablen\n| Variable | Umgebung | Geheim |\n|--|--|--|\n"
    table += "| SHOP_URL | Staging | nein |\n| SHOP_PIN_CODE | Produktion | ja |\n"
    assert [(one.name, one.environment, one.secret) for one in drafted(Topic.VARIABLES, table).variables] == [
        ("SHOP_URL", "staging", False),
        ("SHOP_PIN_CODE", "production", True),
    ]
    listed = "## Env\n- `STRIPE_KEY`: from the vault\n- REDIS_URL (cache)\n- ask Ann for the rest\n"
    assert [one.name for one in drafted(Topic.VARIABLES, listed).variables] == ["STRIPE_KEY", "REDIS_URL"]


def test_a_compose_file_gives_services_with_their_health_check() -> None:
    text = """## Compose
```yaml
services:
  api:
    image: shop-api:1
    environment:
      - DATABASE_URL=${DB}
    healthcheck:
      test: ["CMD", "curl", "-f", "http://localhost/health"]
      interval: 30s
      timeout: 10s
      retries: 3
  cache:
    image: redis:7
```
"""
    draft = drafted(Topic.SERVICES, text)
    api, cache = draft.services
    assert (api.name, api.image, api.test) == ("api", "shop-api:1", "curl -f http://localhost/health")
    assert (api.every, api.timeout, api.retries) == ("30s", "10s", 3)
    assert api.lines == [5, 8, 9, 10, 11, 12]
    assert (cache.name, cache.image, cache.test, cache.line) == ("cache", "redis:7", "", 13)
    assert [one.name for one in draft.variables] == ["DATABASE_URL"]


def test_a_kubernetes_probe_is_a_health_check() -> None:
    text = """## Deployment
```yaml
spec:
  containers:
    - name: api
      image: shop-api:1
      livenessProbe:
        httpGet:
          path: /health
          port: 8080
        periodSeconds: 15
        timeoutSeconds: 2
        failureThreshold: 4
```
"""
    (one,) = drafted(Topic.SERVICES, text).services
    assert (one.name, one.image, one.test) == ("api", "shop-api:1", "GET :8080/health")
    assert (one.every, one.timeout, one.retries) == ("15s", "2s", 4)


def commands(text: str) -> list[tuple[str, str]]:
    return [(one.title, one.run) for one in read_commands(section(text))]


def test_a_comment_becomes_the_title_of_the_command_beneath_it() -> None:
    text = """## Deploy
```bash
#!/usr/bin/env bash
set -euo pipefail
VERSION=2
# 1. Build the image
docker build -t shop .
docker push shop

# Wait
sleep 300
```
"""
    assert commands(text) == [
        ("Build the image", "docker build -t shop ."),
        ("", "docker push shop"),
        ("Wait", "sleep 300"),
    ]


def test_a_continued_command_stays_whole_and_claims_its_lines() -> None:
    (one,) = read_commands(section("## Deploy\n```sh\nhelm upgrade shop \\\n  --install \\\n  --wait\n```\n"))
    assert "--install" in one.run
    assert "--wait" in one.run
    assert one.lines == [4, 5]


def test_a_here_document_is_one_command() -> None:
    assert len(commands("## Deploy\n```bash\ncat <<EOF > a.txt\nnpm ci\nEOF\nnpm test\n```\n")) == 2


def test_the_output_of_a_session_is_no_command() -> None:
    text = "## Step\n```console\n$ shopctl reindex --cell a\nreindexing... 100% (41 GiB)\nOK 18 docs\n```\n"
    assert commands(text) == [("", "shopctl reindex --cell a")]


def test_the_runs_of_a_workflow_are_commands_under_the_name_of_their_step() -> None:
    text = """## Pipeline
```yaml
jobs:
  deploy:
    steps:
      - name: Checkout
        uses: actions/checkout@v3
      - name: Install
        run: npm ci
      - name: Ship
        run: |
          npm run build
          npm run ship
```
"""
    assert commands(text) == [("Install", "npm ci"), ("Ship", "npm run build"), ("", "npm run ship")]


def test_recovery_goals_and_the_rhythm_of_backups_are_read() -> None:
    (one,) = drafted(
        Topic.RECOVERY, "## Recovery\nRTO 45 min, RPO 5 min. Cold snapshots nightly at 01:00 UTC.\n"
    ).recovery
    assert (one.rto, one.rpo, one.every) == ("45m", "5m", "1d")
    german = "## Wiederherstellung\nWiederanlaufzeit (RTO): 2 Stunden\nMaximaler Datenverlust (RPO): 15 Minuten\n"
    german += "Sicherung: täglich um 02:30 Uhr\n"
    assert [(one.rto, one.rpo, one.every) for one in drafted(Topic.RECOVERY, german).recovery] == [
        ("2h", "", ""),
        ("", "15m", ""),
        ("", "", "1d"),
    ]
    every = drafted(Topic.RECOVERY, "## Backups\n- Database backups every 6 hours\n- Restore drills\n").recovery
    assert [one.every for one in every] == ["6h"]
