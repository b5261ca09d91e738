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
- rules: [{id: r, when: {t: {at-least: '2023-02-29'}}, then: {advise: It.}}]
  says: "`2023-02-29` is no date: 2023-02 has 28 days"
- rules: [{id: r, when: {t: 20230228}, then: {advise: It.}}]
  says: "`20230228` is not a date, written YYYY-MM-DD"
- rules: [{id: r, when: {t: {at-least: x}}, then: {advise: It.}}]
  says: "`x` is a number, not a date"
- rules: [{id: r, when: {x: {at-least: t}}, then: {advise: It.}}]
  says: "`t` is a date, not a number"
- rules: [{id: r, when: {t: {at-least: {plus: [t, 1]}}}, then: {advise: It.}}]
  says: "`plus` is no date, and `t` is one"
- rules: [{id: r, when: {a: 'yes'}, then: {conclude: {n: {times: [t, 2]}}}}]
  says: "`t` is a date, not a number"
- rules: [{id: r, when: {a: 'yes'}, then: {conclude: {n: {years-between: [t, x]}}}}]
  says: "`x` is a number, not a date"
- rules: [{id: r, when: {a: 'yes'}, then: {conclude: {n: {years-between: [t]}}}}]
  says: "`years-between` needs two operands"
- rules: [{id: r, when: {e: {more-than: {years-between: [t, t]}}}, then: {advise: It.}}]
  says: "`years-between` counts years, and `e` is money of EUR"
- rules: [{id: r, when: {e: {more-than: {percent: [e, e]}}}, then: {advise: It.}}]
  says: "`percent` has two factors with a unit (money of EUR), and may have one"
- rules: [{id: r, when: {e: {more-than: {min: [e, x]}}}, then: {advise: It.}}]
  says: "`x` (number, 0 decimals) is not measured as `e` (money of EUR)"
- rules: [{id: r, then: {score: {d: [1]}}}]
  says: unknown numeric finding `d`
- rules: [{id: r, when: {a: 'yes'}, in-force: {from: '2024-02-30'}, then: {advise: It.}}]
  says: "`2024-02-30` is no date: 2024-02 has 29 days"
- rules: [{id: r, when: {a: 'yes'}, in-force: {from: '2024-03-01', until: '2024-03-01'}, then: {advise: It.}}]
  says: "`r` is in force on no day: `until` is the first on which it is not any more"
- rules: [{id: r, when: {a: 'yes'}, in-force: {}, then: {advise: It.}}]
  says: "`in-force` of `r` has neither `from` nor `until`"
- rules: [{id: r, when: {a: 'yes'}, in-force: {form: '2024-03-01'}, then: {advise: It.}}]
  says: unknown key in `in-force` `form`
- rules: [{id: r, when: {a: 'yes'}, in-force: 2024, then: {advise: It.}}]
  says: "`in-force` must be a mapping, not `2024`"
- rules: [{id: r, in-force: {from: '2024-03-01'}, then: {score: {n: [1]}}}]
  says: "`r` scores `n` in every case and has no `in-force`"
- rules: [{id: r, when: {a: 'yes'}, in-force: {from: '2024-03-01'}, then: {advise: It.}}]
  document: {}
  says: "`r` is in force at times, and no attribute says when it is"
- rules: []
  document: {as-of: x}
  says: unknown date attribute `x`
- rules: []
  attributes: {t: {type: date, min: '2024-02-30'}}
  says: "`2024-02-30` is no date: 2024-02 has 29 days"
- rules: []
  attributes: {t: {type: date, default: now}}
  says: unknown `default` `now`
- rules: []
  attributes: {t: {type: count, default: today}}
  says: "`default` is for a date, and `t` is a count attribute"
- rules: []
  attributes: {t: {type: date, min: '2024-03-01', max: '2024-02-28'}}
  says: "`max` of `t`, `2024-02-28`, is less than its `min`, `2024-03-01`"
""")
FINDINGS = {"s": "yes-no", "u": "yes-no", "o": "yes-no", "n": "count", "m": "count", "d": "date"}
ATTRIBUTES = {"t": "date", "e": {"type": "money", "currency": "EUR"}}


@pytest.mark.parametrize("mistake", MISTAKES, ids=[mistake["says"] for mistake in MISTAKES])
def test_a_mistake(mistake: Any) -> None:
    about = {"findings": FINDINGS, "attributes": ATTRIBUTES, "document": {"as-of": "t"}, "expect": []}
    _, problems = open_files(files_of(about | mistake))
    said = [problem.message for problem in problems]
    assert any(mistake["says"] in message for message in said), said
    assert all(problem.span and problem.span.line for problem in problems)
