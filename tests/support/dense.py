"""A knowledge base whose diagrams are large: every rule tests some of the same few questions."""

from __future__ import annotations

from random import Random


def dense_files(random: Random, rules: int, questions: int, values: int, tests: int = 3) -> dict[str, str]:
    """Rules that each test some questions and argue about the one option there is."""
    names = ", ".join(f"v{n}: v{n}" for n in range(values))
    attributes = [
        f"  a{n}: {{type: choice, label: a{n}, question: Q?, values: {{{names}}}}}" for n in range(questions)
    ]
    made = []
    for n in range(rules):
        asked = [f"a{q}: v{random.randrange(values)}" for q in random.sample(range(questions), tests)]
        then = f"{{argue: {{{random.choice(('for', 'against', 'unsure'))}: fit}}}}"
        made.append(
            f"- {{id: r{n}, claims: p1s1, basis: stated, when: {{{', '.join(asked)}, option: o0}}, "
            f"then: {then}, because: So.}}\n"
        )
    claim = "{says: So it is., hedge: asserts, fingerprint: '0123456789abcdef'}"
    return {
        "kb/document.yaml": "id: made\ntitle: Made\nversion: '1'\ndisclaimer: Made.\n",
        "kb/claims.yaml": f"hedges: {{asserts: it says so}}\nclaims:\n  p1s1: {claim}\n",
        "kb/vocabulary.yaml": "\n".join(
            ["attributes:", *attributes, "topics: {fit: {label: fit, decides: yes}}", ""]
        ),
        "kb/options.yaml": "options: {o0: {label: Option 0}}\n",
        "rules/1.yaml": "".join(made),
    }
