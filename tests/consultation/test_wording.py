"""What is put into words once for all cases."""

from __future__ import annotations

from support.compare import ROOT

from expert.consultation.wording import Wording
from expert.knowledge.load import load


def test_a_text_is_filled_once_unless_it_takes_a_case() -> None:
    base = load(ROOT)
    wording, option = Wording(base), next(iter(base.knowledge.options))
    phrase = base.knowledge.options[option].phrase
    assert wording.text("{option} is one.", option) == f"{phrase[:1].upper()}{phrase[1:]} is one."
    name = next(iter(base.knowledge.attributes))
    assert wording.text(f"It is {{{name}}}.", option) is None


def test_what_is_in_words_is_not_put_into_words_again() -> None:
    base = load(ROOT)
    wording, instance = Wording(base), base.instances[0]
    assert wording.entry(instance) is wording.entry(instance)
    assert wording.said(instance.when) is wording.said(instance.when)
    assert wording.states(instance.when) is wording.states(instance.when)


def test_every_instance_has_its_place_among_those_that_may_be_silent() -> None:
    for directory in (ROOT, ROOT / "examples" / "sirs"):
        wording = Wording(load(directory))
        for instance in wording.base.instances:
            place = wording.places[instance.rule.id, instance.option]
            assert wording.may_be_silent[place].option == instance.option
