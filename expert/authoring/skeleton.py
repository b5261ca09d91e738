"""A new knowledge base for a document: files that load, with `TODO` for all that is to be written.

Of the document they hold the places and fingerprints of its sentences only. The sentences
themselves stand in `worksheet.txt`, which is for the author, and is kept out of version control.
"""

from __future__ import annotations

import re

from expert.io.problems import CaseError, shorten
from expert.io.quoting import quoted
from expert.knowledge.document import fingerprint, sentences
from expert.knowledge.files import file_at
from expert.knowledge.load import open_files
from expert.language.english import count
from expert.language.rules import RuleBase

SCHEMAS = ".schemas"
WORKSHEET = "worksheet.txt"
MOST = 5_000  # sentences, so that the claims, once they are written, still make a file that loads

DOCUMENT = """\
# Which document this is the knowledge of.
id: {id}
title: {title}
version: "0.1" # yours to raise
source: {source}
disclaimer: What one document says, and nothing beyond it. # stands under every result
"""

CLAIMS = """\
# One entry for each sentence of the document (p2s1: paragraph 2, sentence 1), in your own words.
# worksheet.txt has the sentences.

hedges: # how surely the document says a thing: names of yours, and how they read
  asserts: it says so
  advises: it advises so
  usually: usually
  may: it may be
  todo: TODO # delete this line when no claim has it any more

claims:
"""

FIRST_CLAIM = """\
  {id}:
    says: TODO # what the sentence says, short and in your own words
    hedge: todo # one of the hedges above
    fingerprint: "{fingerprint}" # of the sentence: it shows when the document changes; leave it
    context: TODO # why nothing follows from it; delete the line if a rule or an option cites it
"""

CLAIM = """\
  {id}:
    says: TODO
    hedge: todo
    fingerprint: "{fingerprint}"
    context: TODO
"""

VOCABULARY = """\
# The words that rules are written with.

# What is asked, in this order. Names are yours: lowercase letters, digits, - and _.
attributes:
  first_question:
    type: yes-no # or choice, choices, count, number, money
    label: TODO # a few words, such as: pets
    says: TODO # how it reads where the answer is yes, such as: there are pets
    question: TODO # as a person is asked
#   second_question:
#     type: choice
#     label: the light
#     says: the light is {value}
#     question: How light is it?
#     values: {bright: bright, dim: dim} # the answers, and how they read
#   third_question:
#     type: count # or number, with decimals; or money, with `currency: USD`
#     unit: pots
#     min: 0
#     label: the number of pots
#     question: How many pots are there?

# What rules argue about. Where it says `decides`, arguments make the verdict.
topics:
  effect:
    label: effect
    decides: yes

# findings: # what rules conclude for other rules to read; declared without `question`
#   dark: {type: yes-no, label: darkness, says: it is dark}

# steps: # what a plan is made of, in this order
#   look: Find out how light it is

# flags: # short remarks on options
#   dear: dear

# results: [dark] # findings that lead what is shown
# words: # what results are called in your subject
#   verdicts: {preferred: best, not-advised: not for here}
#   headings: {option: Plant}
"""

OPTIONS = """\
# What can be recommended. If nothing is chosen between, write `options: {{}}`, let findings lead the result
# (`results` in vocabulary.yaml), and take the topic there away: `topics: {{}}`.

options:
  first-option: # a name of yours
    label: TODO # as it is shown
#     properties: # what the document says of it, and where
#       price: {{value: 5, claims: {cited}}}

# properties: # declared as attributes are, without `question`
#   price: {{type: money, currency: USD, label: the price}}
"""

RULES = """\
# Rules: if all of `when` holds, all of `then` follows. The files of this folder are read by name.

- id: first-rule # a name of yours
  claims: {cited} # the sentence it rests on, or several: [p1s1, p1s2]
  basis: stated # or inferred (it follows from several sentences), or added (give a `reason`)
  when: {{first_question: yes, option: first-option}}
  then:
    argue: {{for: effect}} # or against, unsure; also: conclude, plan, wait, flag, advise, caution
  because: TODO # a sentence that explains it; {{option}} stands for the option's label
"""

CASE = """\
# Cases with what must follow from them: `kb test` tries them.

- case: the first question is answered yes # a name of yours
  given: {first_question: yes}
  expect:
    first-option: {verdict: option} # or preferred, uncertain, open, not-advised, not-addressed
"""

INVARIANTS = """\
# What must hold in every case, whatever the answers: `kb prove` proves it, or shows a case.

invariants: []
#   - id: nothing-in-the-dark # a name of yours
#     says: In the dark nothing is preferred. # for people
#     when: {light: dim} # which cases it is about
#     never: {option.verdict: preferred} # or always
"""


def skeleton(document: str, name: str, title: str) -> tuple[dict[str, str], RuleBase]:
    """The files of a new knowledge base for a document, by path, and the knowledge base they make.

    `name` is the document's file. Raises CaseError if it cannot be made.
    """
    by_place = sentences(document)
    if not by_place:
        raise CaseError(f"`{shorten(name)}` holds no sentence", "is it a text file?")
    if len(by_place) > MOST:
        help = "make a knowledge base of each of its parts"
        raise CaseError(f"`{shorten(name)}` is too long: {len(by_place):,} sentences", help)
    cited = next(
        (id for id, text in by_place.items() if text.endswith((".", "!", "?"))), next(iter(by_place))
    )
    paragraphs = len({id.split("s")[0] for id in by_place})
    about = {
        "id": re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-") or "knowledge",
        "title": quoted(title),
        "source": quoted(
            f"{shorten(name)}, {count(paragraphs, 'paragraph')}, {count(len(by_place), 'sentence')}"
        ),
    }
    files = {
        "kb/document.yaml": DOCUMENT.format(**about),
        "kb/claims.yaml": CLAIMS + _claims(by_place),
        "kb/vocabulary.yaml": VOCABULARY,
        "kb/options.yaml": OPTIONS.format(cited=cited),
        "rules/1-first.yaml": RULES.format(cited=cited),
    }
    files = {file: _pointed(file, text) for file, text in files.items()}
    base, problems = open_files(files)
    if problems:
        raise CaseError(problems)
    rest = {"kb/invariants.yaml": INVARIANTS, "kb/cases/first.yaml": CASE}
    files |= {file: _pointed(file, text) for file, text in rest.items()}
    return files | {WORKSHEET: worksheet(by_place), ".gitignore": f"/{WORKSHEET}\n"}, base


def _claims(by_place: dict[str, str]) -> str:
    """An entry for each sentence; the first explains the fields."""
    entries = [CLAIM if n else FIRST_CLAIM for n in range(len(by_place))]
    pairs = zip(entries, by_place.items(), strict=True)
    return "".join(entry.format(id=id, fingerprint=fingerprint(text)) for entry, (id, text) in pairs)


def _pointed(file: str, text: str) -> str:
    """The text, with the line that leads an editor to its schema."""
    declared = file_at(file)
    schema = f"{'../' * file.count('/')}{SCHEMAS}/{declared.kind}.json" if declared else ""
    return f"# yaml-language-server: $schema={schema}\n{text}" if declared else text


def worksheet(by_place: dict[str, str]) -> str:
    """The sentences with their places, a blank line between paragraphs."""
    lines = ("\n" * id.endswith("s1") + f"{id}  {text}\n" for id, text in by_place.items())
    return "".join(lines).lstrip("\n")


def title_from(name: str) -> str:
    """A title for a document of which only the file's name is known."""
    words = " ".join(re.split(r"[\W_]+", name)).strip()
    return words[:1].upper() + words[1:] or "Knowledge"
