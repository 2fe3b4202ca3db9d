from __future__ import annotations

import pytest

from support.launches import plan
from tminus.app.ledgers import plan_data
from tminus.plan import Plan
from tminus.plan.guarding import Evidence, evidence_of


@pytest.mark.parametrize("general", ["true", "false"])
@pytest.mark.parametrize("own", ["", ", evidence: {}", ", evidence: { needed: true }", ", evidence: { needed: false }"])
@pytest.mark.parametrize("share", ["0%, cohorts: [staff]", "20%"])
def test_what_a_stage_has_to_show_is_the_same_after_the_log(general: str, own: str, share: str) -> None:
    stages = f"[{{ id: few, to: {share}, for: 10m{own} }}, {{ id: all, to: 100%, for: 1h }}]"
    written = plan(
        "phases: [{ id: release, rollout: { flag: page, guards: [errors], "
        f"evidence: {{ needed: {general}, margin: 3 }}, stages: {stages} }} }}]"
    )
    kept = Plan.model_validate(plan_data(written))
    found = [resolved(written), resolved(kept)]
    assert found[0] == found[1]
    said = {", evidence: { needed: true }": True, ", evidence: { needed: false }": False}
    usual = general == "true" and not (share.startswith("0") and not own)
    assert found[1][0].needed is said.get(own, usual)
    assert found[1][0].margin == 3


def resolved(known: Plan) -> list[Evidence]:
    rollout = known.phases[0].rollout
    assert rollout is not None
    return [evidence_of(rollout, stage) for stage in rollout.stages]
