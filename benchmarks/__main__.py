"""`python -m benchmarks [name ...] [--rounds N] [--quick]`: measure, print a table, write build/bench.json."""

from __future__ import annotations

import argparse
import sys

from benchmarks.runner import GOALS, REPORT, ROOT, Effort, measure_here, run, say, table, write_report


def main() -> int:
    """Return 0 even if a goal is missed; 1 if something could not be measured because it broke."""
    names = [goal.name for goal in GOALS]
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="name", help=f"what to measure: {', '.join(names)}")
    parser.add_argument("--rounds", type=int, default=7, help="pairs taken of each (7)")
    parser.add_argument("--quick", action="store_true", help="fewer rounds and repeats: a rough look")
    parser.add_argument("--here", metavar="name", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    effort = Effort(min(asked.rounds, 3) if asked.quick else max(1, asked.rounds), asked.quick)
    if asked.here:
        return measure_here(asked.here, effort)
    if unknown := set(asked.names) - set(names):
        parser.error(f"unknown: {', '.join(sorted(unknown))}")
    wanted = [goal for goal in GOALS if not asked.names or goal.name in asked.names]
    outcomes = []
    for goal in wanted:
        say(f"{goal.name}: {goal.what}")
        outcomes.append(run(goal, effort))
    print(table(outcomes))
    write_report(outcomes, whole=not asked.names)
    print(f"Written: {REPORT.relative_to(ROOT)}")
    return 1 if any(one.trouble and not one.missing for one in outcomes) else 0


if __name__ == "__main__":
    sys.exit(main())
