"""What Prefect's server does by itself about runs that no longer work: those whose process died, and those that hang.

Source: Prefect's documentation, "Detect zombie flows"; windows come from `operations` in config.yaml.
"""

from __future__ import annotations

from datetime import timedelta

from prefect.automations import Automation
from prefect.client.orchestration import get_client
from prefect.client.schemas.objects import StateType
from prefect.events.actions import CancelFlowRun, ChangeFlowRunState
from prefect.events.schemas.automations import EventTrigger, Posture

from monitor.config import Operations

DEAD = "monitor: runs whose process died"
STUCK = "monitor: runs that take too long"
HEARTBEAT = "prefect.flow-run.heartbeat"
RUNNING = "prefect.flow-run.Running"
ENDS = frozenset(f"prefect.flow-run.{state}" for state in ("Completed", "Failed", "Cancelled", "Crashed"))


async def watch_runs(operations: Operations) -> None:
    """Make both automations, or bring those that are there to these windows. May be repeated."""
    wanted = [dead_runs(operations.silent_run), stuck_runs(operations.longest_run)]
    async with get_client() as client:
        for automation in wanted:
            known = await client.read_automations_by_name(automation.name)
            for one in known[:1]:
                automation.id = one.id
                await automation.aupdate()
            if not known:
                await automation.acreate()


def dead_runs(silent: timedelta) -> Automation:
    """Marks a run as crashed when its heartbeats stop: its process was killed or stopped."""
    return Automation(
        name=DEAD,
        trigger=_until(HEARTBEAT, expect={HEARTBEAT, *ENDS}, within=silent),
        actions=[
            ChangeFlowRunState(
                state=StateType.CRASHED,
                message=f"no heartbeat for {silent.total_seconds():g} s: its process was killed or stopped",
            )
        ],
    )


def stuck_runs(longest: timedelta) -> Automation:
    """Cancels a run that has been running for too long: its worker ends the process, and leases return."""
    return Automation(
        name=STUCK, trigger=_until(RUNNING, expect=set(ENDS), within=longest), actions=[CancelFlowRun()]
    )


def _until(after: str, *, expect: set[str], within: timedelta) -> EventTrigger:
    """Fires for each run on which, `within` after one event, none of those expected has followed."""
    return EventTrigger(
        after={after},
        expect=expect,
        match={"prefect.resource.id": ["prefect.flow-run.*"]},
        for_each={"prefect.resource.id"},
        posture=Posture.Proactive,
        threshold=1,
        within=within,
    )
