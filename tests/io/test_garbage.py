"""Garbage is looked for again after what puts it off, whatever comes of that."""

from __future__ import annotations

import gc

import pytest

from expert.io.garbage import collected_later


def test_it_is_looked_for_again() -> None:
    with collected_later(), collected_later():
        assert not gc.isenabled()
    assert gc.isenabled()
    with pytest.raises(ValueError), collected_later():
        raise ValueError
    assert gc.isenabled()
    gc.disable()
    with collected_later():
        pass
    assert not gc.isenabled()
    gc.enable()
