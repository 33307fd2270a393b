"""What the next gesture takes, read back from what was drawn last."""

from __future__ import annotations

from typing import Final

from injectmap.domain.session import PassDefaults
from injectmap.domain.treatment_map import CannulaPass, PassStatus, Technique, TreatmentMap
from injectmap.editing.shapes import FanSettings

# Tools that give a volume of their own, with the technique they stand for and the volume they begin with;
# those of several passes begin with the volume of that many passes.
GIVEN_BY: Final = {
    "fan": Technique.FANNING,
    "cross_hatch": Technique.CROSS_HATCHING,
    "bolus": Technique.BOLUS,
    "micro_bolus": Technique.MICRO_BOLUS,
}
POINT_VOLUMES_UL: Final = {"bolus": 100, "micro_bolus": 20}
POINT_TECHNIQUES: Final = frozenset({Technique.BOLUS, Technique.MICRO_BOLUS})


def _plain(one: CannulaPass) -> bool:
    """True for a pass drawn on its own."""
    return not one.is_point and one.technique not in GIVEN_BY.values()


def defaults_of(treatment_map: TreatmentMap, started_with: PassDefaults) -> PassDefaults:
    """Return what the next single pass takes: instrument and plane of the last pass, the rest of the last single one."""
    if not treatment_map.passes:
        return started_with
    last = treatment_map.passes[-1]
    single = next((one for one in reversed(treatment_map.passes) if _plain(one)), None)
    if single is None:
        return PassDefaults(started_with.technique, last.plane, last.instrument, started_with.microlitres)
    # A plan laid from a protocol has no volume: none was given with it.
    singles = (one for one in reversed(treatment_map.passes) if _plain(one))
    given = next((one.microlitres for one in singles if one.microlitres), started_with.microlitres)
    return PassDefaults(single.technique, last.plane, last.instrument, given)


def volumes_of(treatment_map: TreatmentMap) -> dict[str, int]:
    """Return the volumes last given with the tools that have their own, by tool id."""
    found = dict(POINT_VOLUMES_UL)
    for tool_id in POINT_VOLUMES_UL:
        technique = GIVEN_BY[tool_id]
        last = next((one for one in reversed(treatment_map.passes) if one.technique is technique), None)
        if last is not None and last.is_point and last.microlitres:
            found[tool_id] = last.microlitres
    if volume := sum(one.microlitres for one in last_fan(treatment_map)):
        found["fan"] = volume
    return found


def fan_settings(treatment_map: TreatmentMap) -> FanSettings:
    """Return how many passes the next fan has: as many as the last one."""
    count = len(last_fan(treatment_map))
    return FanSettings().changed(count - FanSettings().count, 0) if count else FanSettings()


def last_fan(treatment_map: TreatmentMap) -> tuple[CannulaPass, ...]:
    """Return the passes of the last fan that is on the map: several that fan out from one entry point."""
    for one in reversed(treatment_map.passes):
        if one.technique is Technique.FANNING:
            through = treatment_map.passes_of_entry(one.entry_id)
            fan = tuple(other for other in through if other.technique is Technique.FANNING)
            if len(fan) > 1:
                return fan
    return ()


def last_syringe(treatment_map: TreatmentMap) -> str | None:
    """Return the syringe that the last pass was drawn from."""
    done = (one for one in reversed(treatment_map.passes) if one.status is PassStatus.DONE and one.shares)
    last = next(done, None)
    return last.shares[-1].syringe_id if last is not None else None
