"""What is refused of constructs that are spelled out into others, and in which words."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from support.constructs import files_of

from expert.knowledge.load import open_files

MISTAKES = yaml.safe_load("""
- rules: [{id: r, when: {a: 'yes'}, then: {settle: t}}]
  says: unknown yes-no finding `t`
- rules: [{id: r, when: {a: 'yes'}, then: {settle: n}}]
  says: unknown yes-no finding `n`
- rules: [{id: r, when: {a: 'yes'}, then: {settle: s}}, {id: q, when: {b: 'yes'}, then: {settle: s}}]
  says: "`s` is settled by `r` already"
- rules:
  - {id: r, when: {a: 'yes'}, then: {settle: s}}
  - {id: q, when: {b: 'yes'}, then: {conclude: {s: 'yes'}}}
  says: "`s` is settled, and cannot be concluded beside that"
- rules: [{id: r, when: {o: 'yes'}, then: {settle: s}}]
  says: "`r` settles `s` with `no` where its condition is denied, and the finding `o` never is"
- rules: [{id: r, when: {option: o1}, then: {settle: s}}]
  says: "`r` ranges over options, and `s` is not `per-option`"
- rules: [{id: r, when: {a: 'yes'}, then: [{settle: s}, {settle: u}]}]
  says: a rule settles one finding
- rules: [{id: r, when: {a: 'yes'}, then: {advise: It.}, otherwise: So.}]
  says: rule `r` settles nothing
- rules: [{id: r, when: {not: {u: 'yes'}}, then: {settle: s}}, {id: q, when: {s: 'yes'}, then: {settle: u}}]
  says: a conclusion depends on there being no evidence of itself, or computes or settles itself
- rules: [{id: r, when: {o: unknown}, then: {advise: It.}}]
  says: "`o` is a finding and is never unknown"
- rules: [{id: r, when: {at-least: 3, of: [{a: 'yes'}, {b: 'yes'}]}, then: {advise: It.}}]
  says: "`3` is no number of them"
- rules: [{id: r, when: {at-least: two, of: [{a: 'yes'}, {b: 'yes'}]}, then: {advise: It.}}]
  says: "`two` is no number of them"
- rules: [{id: r, when: {of: [{a: 'yes'}, {b: 'yes'}]}, then: {advise: It.}}]
  says: "`of` is counted by nothing"
- rules: [{id: r, when: {at-least: 1, of: []}, then: {advise: It.}}]
  says: "`of` needs a list of conditions"
- rules: [{id: r, when: {at-least: 1, a: 'yes', of: [{b: 'yes'}]}, then: {advise: It.}}]
  says: "unknown comparison beside `of` `a`"
- rules: [{id: r, when: {exactly: 1, of: [{o: 'yes'}, {b: 'yes'}]}, then: {advise: It.}}]
  says: "`exactly` counts what is denied, and the finding `o` never is"
- rules: [{id: r, then: {score: {s: [1]}}}]
  says: unknown numeric finding `s`
- rules: [{id: r, when: {a: 'yes'}, then: {score: {n: [1]}}}]
  says: "`r` scores `n` in every case and has no `when`"
- rules: [{id: r, then: {score: {n: [1]}}}, {id: q, then: {score: {n: [1]}}}]
  says: "`n` is scored by `r` already"
- rules: [{id: r, then: {score: {n: [1]}}}, {id: q, then: {conclude: {n: 1}}}]
  says: "`n` is scored, and cannot be concluded beside that"
- rules: [{id: r, then: {score: {n: [{points: -1, when: {a: 'yes'}}]}}}]
  says: "the items of `n` can add up to -1, less than its `min`, 0"
- rules: [{id: r, then: {score: {n: [x]}}}]
  says: "`x` has no bounds"
- rules: [{id: r, then: {score: {n: [m]}}}]
  says: "`m` is a finding that no rule scores"
- rules: [{id: r, then: {score: {n: [{points: 1, when: {o: 'yes'}}]}}}]
  says: points do not count where their condition is denied, and the finding `o` never is
- rules: [{id: r, then: {score: {n: [{when: {a: 'yes'}}]}}}]
  says: an item has either `points` with `when`, or `first`
- rules: [{id: r, then: {score: {n: [{points: 1}]}}}]
  says: "a row has no `when`"
- rules: [{id: r, then: {score: {n: [{points: 1.5, when: {a: 'yes'}}]}}}]
  says: "`1.5` is not a whole number for `n`"
- rules: [{id: r, then: {score: {n: [{first: [3]}]}}}]
  says: "`first` needs a list of rows"
- rules: [{id: r, then: {score: {n: [m]}}}, {id: q, then: {score: {m: [n]}}}]
  says: a conclusion depends on there being no evidence of itself, or computes or settles itself
- rules: [{id: r, when: {a: 'yes'}, exception-to: q}]
  says: unknown rule in `exception-to` `q`
- rules: [{id: r, when: {a: 'yes'}, exception-to: q}, {id: q, exception-to: r, when: {b: 'yes'}}]
  says: a conclusion depends on there being no evidence of itself, or computes or settles itself
- rules: [{id: r, when: {option: o1}, exception-to: q}, {id: q, when: {a: 'yes'}, then: {advise: It.}}]
  says: "`r` is an exception for each option, and `q` is about none"
- rules: [{id: r, when: {a: 'yes'}, exception-to: q}, {id: q, then: {score: {n: [1]}}}]
  says: "`q` scores in every case and has no exception"
- rules: [{id: r, when: {a: 'yes'}}]
  says: "a rule has no `then`"
- rules: [{id: r, when: {not: {o: 'yes'}}, then: {advise: It.}}]
  says: "`not` over the finding `o`"
""")
FINDINGS = {"s": "yes-no", "u": "yes-no", "o": "yes-no", "n": "count", "m": "count"}


@pytest.mark.parametrize("mistake", MISTAKES, ids=[mistake["says"] for mistake in MISTAKES])
def test_a_mistake(mistake: Any) -> None:
    _, problems = open_files(files_of({"findings": FINDINGS, "expect": [], **mistake}))
    said = [problem.message for problem in problems]
    assert any(mistake["says"] in message for message in said), said
    assert all(problem.span and problem.span.line for problem in problems)
