"""Wrong inputs made of right ones: the same seed always makes the same input."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable, Sequence
from typing import Any

# What readers of texts are known to stumble over.
ODD_TEXTS = (
    "", " ", "\x00", "\n", "\r", "\t", "\x1d", "␝", "\ufeff", "\u202e", "\ud800", "\U0010ffff", "é", "e\u0301", "٣", "²", "½",
    "🙂" * 9, "{", "}", "[", "]", "(", ")", "[[", "]]", '"', '"""', "'''", "\\", "\\u0000", "\\ud800", "%", "%s", "${x}", "#", "=",
    "..", "../../etc/passwd", "/", "C:\\", "'; DROP TABLE patients; --", "<b>", "</script>", "null", "true", "nan", "inf", "-inf",
    "NaN", "Infinity", "-Infinity", "0", "-0", "-1", "00", "1e999", "1e-999", "0x10", "1_000", "9" * 25, "9" * 5000, "-" + "9" * 400,
    "9223372036854775807", "9223372036854775808", "2147483648", "0000-00-00", "9999-12-31", "2026-02-30", "A" * 3000,
)  # fmt: skip
ODD_VALUES: tuple[Any, ...] = (
    None, True, False, 0, -1, 1, 2**31, 2**63, 2**64, -(2**63) - 1, 10**30, 0.5, 1e308, "", "x", "0", [], {}, [[]], [{}], {"": ""},
    [None], [1, 2, 3, 4, 5, 6], "left", "done", "2026-13-01", "\u0000", "x" * 2000,
)  # fmt: skip
_TOKENS = re.compile(r"\d+|[A-Za-z_]+|\s+|.", re.DOTALL)

Mutate = Callable[[random.Random, str], str]


def _cut(rng: random.Random, text: str) -> str:
    start = rng.randrange(len(text) + 1)
    return text[:start] + text[start + rng.randint(1, 12) :]


def _insert(rng: random.Random, text: str) -> str:
    at = rng.randrange(len(text) + 1)
    return text[:at] + rng.choice(ODD_TEXTS) + text[at:]


def _letter(rng: random.Random, text: str) -> str:
    at = rng.randrange(len(text) + 1)
    return (
        text[:at]
        + chr(rng.choice((rng.randrange(128), rng.randrange(0x250), rng.randrange(0xD800))))
        + text[at + 1 :]
    )


def _token(rng: random.Random, text: str) -> str:
    tokens = _TOKENS.findall(text)
    if not tokens:
        return rng.choice(ODD_TEXTS)
    at, kind = rng.randrange(len(tokens)), rng.randrange(4)
    if kind == 0:
        tokens[at] = rng.choice(ODD_TEXTS)
    elif kind == 1:
        tokens[at] = tokens[rng.randrange(len(tokens))]
    elif kind == 2:
        tokens[at] = tokens[at] * rng.randint(2, 5)
    elif tokens[at].isascii() and tokens[at].isdecimal():
        tokens[at] = str(int(tokens[at][:18]) + rng.choice((-1, 1, 10, 10**6, -(10**7))))
    return "".join(tokens)


def _lines(rng: random.Random, text: str) -> str:
    lines = text.splitlines(keepends=True)
    if len(lines) < 2:
        return text + text
    one, other, kind = rng.randrange(len(lines)), rng.randrange(len(lines)), rng.randrange(3)
    if kind == 0:
        del lines[one]
    elif kind == 1:
        lines.insert(other, lines[one])
    else:
        lines[one], lines[other] = lines[other], lines[one]
    return "".join(lines)


def _deep(rng: random.Random, text: str) -> str:
    opening, closing = rng.choice((("[", "]"), ('{"a":', "}"), ("(", ")"), ("a.", "")))
    depth, at = rng.choice((3, 60, 1500)), rng.randrange(len(text) + 1)
    return text[:at] + opening * depth + rng.choice(("", "1" + closing * depth)) + text[at:]


_TEXT: tuple[Mutate, ...] = (_cut, _insert, _letter, _token, _token, _token, _lines)


def text_of(rng: random.Random, samples: Sequence[str]) -> str:
    """A sample changed in one to four places; seldom none of a sample at all, or one nested without end."""
    kind = rng.random()
    if kind < 0.05:
        return "".join(chr(rng.randrange(0x300)) for _ in range(rng.randrange(200)))
    text = rng.choice(samples)
    for _ in range(rng.randint(1, 4)):
        text = rng.choice(_TEXT)(rng, text)
    if kind > 0.97:
        text = _deep(rng, text)
    if kind > 0.99:
        other = rng.choice(samples)
        text = text[: rng.randrange(len(text) + 1)] + other[rng.randrange(len(other) + 1) :]
    return text


def bytes_of(rng: random.Random, samples: Sequence[bytes]) -> bytes:
    """A sample with bits turned over, parts cut out, doubled or overwritten; seldom bytes alone."""
    if rng.random() < 0.05:
        return rng.randbytes(rng.randrange(300))
    data = bytearray(rng.choice(samples))
    for _ in range(rng.choice((1, 1, 2, 3, 8, 40))):
        at = rng.randrange(len(data) + 1) if rng.random() < 0.6 else rng.randrange(min(len(data), 120) + 1)
        kind = rng.randrange(6)
        if kind == 0 and at < len(data):
            data[at] ^= 1 << rng.randrange(8)
        elif kind == 1:
            data[at : at + 4] = rng.choice(
                (b"\0\0\0\0", b"\xff\xff\xff\xff", b"\x7f\xff\xff\xff", rng.randbytes(4))
            )
        elif kind == 2:
            del data[at : at + rng.randint(1, 64)]
        elif kind == 3:
            data[at:at] = data[at : at + rng.randint(1, 64)]
        elif kind == 4 and rng.random() < 0.3:
            del data[at:]
        else:
            data[at:at] = rng.randbytes(rng.randint(1, 8))
    return bytes(data)


def json_of(rng: random.Random, samples: Sequence[Any]) -> str:
    """A sample whose values, keys and lists were changed, as text; sometimes the text was changed as well."""
    kind = rng.random()
    texts = [json.dumps(rng.choice(samples))]
    if kind < 0.15:
        return text_of(rng, texts)
    value = json.loads(texts[0])
    for _ in range(rng.randint(1, 3)):
        value = _changed(rng, value)
    text = json.dumps(value)
    if kind > 0.97:
        # Twice the same key, which json.dumps cannot write.
        text = re.sub(r'\{("[^"]*": )', lambda match: "{" + match[1] + "null, " + match[1], text, count=1)
    elif kind > 0.93:
        text = _token(rng, text)
    return text


def _changed(rng: random.Random, value: Any) -> Any:
    """The value with one part changed, as deep inside as chance will have it."""
    if isinstance(value, dict) and value:
        key, kind = rng.choice(list(value)), rng.random()
        if kind < 0.6:
            return value | {key: _changed(rng, value[key])}
        if kind < 0.75:
            return {name: one for name, one in value.items() if name != key}
        if kind < 0.9:
            return value | {key: rng.choice(ODD_VALUES)}
        return value | {rng.choice(ODD_TEXTS): value[key]}
    if isinstance(value, list) and value:
        at, kind = rng.randrange(len(value)), rng.random()
        if kind < 0.6:
            return [*value[:at], _changed(rng, value[at]), *value[at + 1 :]]
        if kind < 0.75:
            return [*value[:at], *value[at + 1 :]]
        if kind < 0.9:
            return [*value[:at], value[at], *value[at:]]
        return [*value[:at], rng.choice(ODD_VALUES), *value[at + 1 :]]
    if isinstance(value, int) and not isinstance(value, bool) and rng.random() < 0.5:
        return value + rng.choice((-1, 1, 1000, -(10**9), 2**40))
    if isinstance(value, str) and rng.random() < 0.5:
        return _insert(rng, value)
    return rng.choice(ODD_VALUES)
