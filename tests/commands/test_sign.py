"""`audit keygen`, `audit sign`, `audit cosign`: what they print, write, and refuse."""

from __future__ import annotations

import json
import re
import stat
from pathlib import Path

import pytest
from support.ledger_make import head_of, small
from support.records import on_stderr, output, run
from support.signing import KEEPER, cosignature, witness_key


@pytest.fixture
def key(path: Path) -> Path:
    """The file of a private key."""
    found = path.with_name("ledger.key")
    found.touch(0o600)
    found.write_text(KEEPER.text() + "\n")
    return found


def test_a_new_key(path: Path) -> None:
    file = path.with_name("new.key")
    public = output(path, "audit", "keygen", "clinic.example/ledger", "-o", str(file))
    assert re.fullmatch(r"clinic\.example/ledger\+[0-9a-f]{8}\+[A-Za-z0-9+/=]{44}\n", public)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    small(path)
    text = output(path, "audit", "sign", "--key", str(file))
    checkpoint = path.with_name("checkpoint")
    checkpoint.write_text(text)
    (path.with_name("keys")).write_text(f"# whom we trust\n\n{public}")
    for given in (public.strip(), str(path.with_name("keys"))):
        told = output(path, "audit", "verify", "--key", given, "--checkpoint", str(checkpoint))
        assert "Signed by clinic.example/ledger, up to entry 4 of 5." in told
    before = file.read_text()
    again = run(path, "audit", "keygen", "x", "-o", str(file))
    assert again.code == 2 and "a key that is written over is lost" in on_stderr(again)
    assert file.read_text() == before
    assert run(path, "audit", "keygen", "a b", "-o", "other.key").code == 2


def test_signing_and_cosigning(path: Path, key: Path, tmp_path: Path) -> None:
    small(path)
    checkpoint, request, answer = (tmp_path / name for name in ("checkpoint", "request", "answer"))
    done = run(
        path, "audit", "sign", "--key", str(key), "-o", str(checkpoint), "--witness", str(tmp_path / "w")
    )
    assert done.stdout == f"Wrote {checkpoint}\n" and done.stderr.startswith("Record ")
    assert head_of(path)[1] in done.stderr and head_of(path)[1] in (tmp_path / "w").read_text()
    output(path, "audit", "cosign", "--old", "2", "-o", str(request))
    assert request.read_text().endswith("\n\n" + checkpoint.read_text())
    body = checkpoint.read_text().partition("\n\n")[0] + "\n"
    answer.write_text(cosignature(body))
    both = output(path, "audit", "cosign", str(answer), "--key", witness_key())
    assert both == checkpoint.read_text() + answer.read_text()
    told = json.loads(output(path, "audit", "verify", "--json", "--key", witness_key()))
    assert told["signed"] == [
        {"name": "witness.example/w1", "entries": 4, "checked": True, "time": "2023-03-20T12:25:47Z"}
    ]
    listed = json.loads(output(path, "audit", "list", "--json"))[-2:]
    assert [s["what"] for s in listed] == [
        "head at entry 4, signed by clinic.example/ledger",
        "head at entry 4, signed by clinic.example/ledger, witness.example/w1",
    ]
    page = output(path, "audit", "show", listed[1]["id"])
    assert page.startswith("Signed head ") and "witness.example/w1" in page
    told = output(path, "audit", "verify")
    assert "It says that clinic.example/ledger signed it up to entry 4 of 6: not checked" in " ".join(
        told.split()
    )
    replayed = run(path, "audit", "replay", listed[0]["id"])
    assert replayed.code == 4 and "it is a signed head" in on_stderr(replayed)
    assert run(path, "audit", "forget", listed[0]["id"], "--yes").code == 4


def test_what_is_refused(path: Path, key: Path, tmp_path: Path) -> None:
    small(path)
    empty, text = tmp_path / "empty", tmp_path / "text"
    empty.touch()
    text.write_text("neither\n")
    text.chmod(0o644)
    for words, wrong in (
        (("sign", "--key", str(text)), "this is no private key: it does not begin with PRIVATE+KEY+"),
        (("sign", "--key", str(tmp_path / "none")), "cannot be read"),
        (("sign", "--key", str(key), "--origin", "a\nb"), "is no origin"),
        (("verify", "--key", str(key)), "this is a private key"),
        (("verify", "--key", "none"), "the key `none` cannot be read"),
        (("verify", "--key", "a+b"), "is no public key"),
        (("verify", "--key", str(empty)), "holds no key"),
        (("verify", "--checkpoint", str(text)), "is no checkpoint"),
        (("cosign", str(text)), "an answer is taken up only if"),
        (("cosign", "--key", witness_key()), "whose answer is given"),
    ):
        result = run(path, "audit", *words)
        assert result.code == 2 and wrong in on_stderr(result), (words, result)
        assert KEEPER.text()[-20:] not in result.stderr and "Others can read" not in result.stderr
    unsigned = run(path, "audit", "cosign")
    assert unsigned.code == 4 and "no head of the ledger is signed" in on_stderr(unsigned)
    assert head_of(path)[0] == 4


def test_a_private_key_that_others_can_read(path: Path, key: Path) -> None:
    small(path)
    key.chmod(0o644)
    assert "Others can read the private key" in on_stderr(run(path, "audit", "sign", "--key", str(key)))


def test_the_head_as_a_checkpoint(path: Path, tmp_path: Path) -> None:
    small(path)
    text = output(path, "audit", "head", "--checkpoint")
    assert re.fullmatch(r"cicatrix-ledger/[0-9a-f]{32}\n4\n[A-Za-z0-9+/]{43}=\n", text)
    assert json.loads(output(path, "audit", "head", "--checkpoint", "--json"))["checkpoint"] == text
    (tmp_path / "kept").write_text(text)
    output(path, "audit", "verify", "--checkpoint", str(tmp_path / "kept"))
    (tmp_path / "kept").write_text(text.replace("\n4\n", "\n3\n"))
    result = run(path, "audit", "verify", "--checkpoint", str(tmp_path / "kept"))
    assert result.code == 1 and "another head at entry 3" in " ".join(result.stdout.split())
