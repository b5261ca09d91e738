"""Contents of records as they are stored: compressed, and the very text again when they are read.

What is hashed is the text; how it is packed is no part of the chain. Most of a text are the names that
every record has: a byte that canonical JSON has not (1 to 31) stands for each of PHRASES. What is left is
compressed (RFC 1950), and as a record says much in the words of its knowledge base, which the ledger keeps,
their end is the dictionary. Its checksum stands in what is packed, so that no other words unpack it.
"""

from __future__ import annotations

import sqlite3
import zlib

from expert.ledger.chain import fields_of

MARK = b"\x01"  # the first byte of what is packed in this way: other phrases would need another
WINDOW = 32_768  # bytes that the compression looks back
MOST = 64_000_000  # bytes that one content may unfold to

# in the order in which they are replaced: what saved most of some hundred records came first
PHRASES = (
    '","of":null,"operator":"is","option":null,"parts":[],"stands":',
    '{"bounds":[],"kind":',
    ',"option":',
    ',"of":null,"operator":',
    ',"name":',
    ',"values":',
    '}],"items":[],"matched":[{"bounds":[],"claims":[],"firings":',
    '}},{"condition":"',
    ',"reason":"denied","rule":"',
    ',"states":',
    'null,"parts":',
    '","names":["',
    'null,"text":"',
    ',"stands":',
    '"attribute"',
    '","value":',
    '","strength":"plain","target":',
    ',"rule":"',
    ',"claims":',
    '"],"concluded":[{"kind":',
    '"},{"basis":"stated"',
    '"unknown"',
    '"finding"',
    ',"strength":null,"target":',
    ',"kind":',
    '"denied"',
    "null",
    ',"reason":',
    ',"firings":',
    '},{"bounds":[]',
    ',"because":"',
)
CONTROL = bytes(range(32))  # what canonical JSON has not
CODES = [(phrase.encode(), bytes([code])) for code, phrase in enumerate(PHRASES, 1)]

# what is read of entries is their texts: to whoever reads, this stands for the table, which is `main.entries`
AS_TEXTS = """
CREATE TEMP VIEW entries AS SELECT seq, id, header,
  CASE typeof(content) WHEN 'blob' THEN unpacked(CAST(header AS BLOB), content) ELSE content END AS content,
  hash
FROM main.entries
"""


class Packing:
    """The packing of the contents of one ledger, whose headers name the knowledge of which the words are."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection
        self.words: dict[str, bytes] = {}  # by the hash of the knowledge
        self.last = (b"", b"", "")  # what was unpacked last: one query asks for it several times

    def show_texts(self) -> None:
        """Let queries read texts."""
        self.connection.execute("PRAGMA temp_store = MEMORY")
        self.connection.create_function("unpacked", 2, self.unpacked, deterministic=True)
        self.connection.execute(AS_TEXTS)

    def packed(self, header: str, text: str) -> str | bytes:
        """A content as it is stored: compressed, or as it is if that is no longer."""
        data = text.encode()
        if len(data) > MOST or len(data.translate(None, CONTROL)) < len(data):
            return text
        for phrase, code in CODES:
            data = data.replace(phrase, code)
        words = self._words(header)
        packer = zlib.compressobj(9, zlib.DEFLATED, zlib.MAX_WBITS, 9, zlib.Z_DEFAULT_STRATEGY, words)
        smaller = MARK + packer.compress(data) + packer.flush()
        return smaller if len(smaller) < len(text) else text

    def unpacked(self, header: bytes, content: bytes) -> str:
        """The text of a compressed content; empty, as no content is, if it or its words have been changed."""
        if (header, content) != self.last[:2]:
            self.last = (header, content, self._unpacked(header, content))
        return self.last[2]

    def _unpacked(self, header: bytes, content: bytes) -> str:
        unpacker = zlib.decompressobj(zlib.MAX_WBITS, self._words(header))
        try:
            data = unpacker.decompress(content[len(MARK) :], MOST) if content[:1] == MARK else b""
            for phrase, code in CODES:
                if len(data) + data.count(code) * len(phrase) > MOST:
                    return ""
                data = data.replace(code, phrase)
            return data.decode() if unpacker.eof and not unpacker.unused_data else ""
        except (zlib.error, ValueError):
            return ""

    def _words(self, header: str | bytes) -> bytes:
        """The end of the knowledge that a header names, as it is stored; nothing if it is not there."""
        knowledge = str(fields_of(header).get("knowledge"))
        if knowledge not in self.words:
            query = "SELECT CAST(files AS BLOB) FROM knowledge WHERE hash = ?"
            row = self.connection.execute(query, (knowledge,)).fetchone()
            if row is None or row[0] is None:
                return b""
            self.words[knowledge] = bytes(row[0][-WINDOW:])
        return self.words[knowledge]
