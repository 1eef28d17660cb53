"""Text that looks like a secret, text that stands in for one, and keys that promise one."""

from __future__ import annotations

import math
import re
from collections import Counter
from typing import Final

_PATTERNS: Final = re.compile(
    r"""
    \b(?:AKIA|ASIA|AGPA|AIDA|AROA)[A-Z0-9]{16}\b          # AWS access key ids
    | -----BEGIN\ [A-Z ]*PRIVATE\ KEY-----
    | \beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,}          # JSON web token
    | \bgh[pousr]_[A-Za-z0-9]{30,}\b | \bgithub_pat_\w{30,}\b | \bglpat-[\w-]{20,}
    | \bxox[abprs]-[\w-]{10,}
    | \b[sr]k_(?:live|test)_[A-Za-z0-9]{16,}\b | \bsk-[A-Za-z0-9_-]{20,}\b
    | \bAIza[\w-]{35}\b
    | \bhvs\.[\w-]{20,}\b
    | \b[a-z][a-z0-9+.-]*://[^\s:/@]+:(?P<url_password>[^\s@/]{3,})@
    | (?i:\b(?:password|passwd|pwd|secret|token|api_?key|access_?key)\b["']?\s*[=:]\s*["']?(?P<assigned>[^\s"',;&]{6,}))
    """,
    re.VERBOSE,
)
_PLACEHOLDER: Final = re.compile(
    r"""(?ix)
    ^\s*(?:
      change[-_ ]?(?:me|this|it|in[-_ ]?prod\w*)\w* | replace[-_ ]?(?:me|this|with)?\b.* | to[-_ ]?do | tbd | fixme
    | your[-_ ].* | my[-_]?(?:password|secret|token|key) | example[-_]?(?:password|secret|key|token)?
    | placeholder.* | dummy.* | insert[-_ ].* | <[^<>]+> | x{3,} | \*{3,}
    | pass(?:word|wd)?\d{0,4}!? | secret\d{0,4} | admin\d{0,4} | postgres | letmein | qwerty | 123456\d* | default | test
    )\s*$"""
)
_PLACEHOLDER_INSIDE: Final = re.compile(
    r"(?i)change[-_]?me|replace[-_]?(?:me|with)|placeholder|<your[-_ ]"
)
_SECRET_KEY: Final = re.compile(
    # PGPASSWORD and the like have no separator
    r"(?i)(?:pass(?:word|wd|phrase)|(?:^|[^a-z])(?:pass|pwd|secret|token|api_?key|access_?key|private_?key|credentials?|"
    r"auth_?key|encryption_?key|signing_?key|client_?secret|connection_?string|dsn))(?:$|[^a-z])"
)
# a key that names where a secret is kept, or how it is handled, holds none
_POINTER_KEY: Final = re.compile(
    r"(?i)(?:arn|name|ref|file|path|dir|id|url|uri|host|endpoint|issuer|audience|ttl|expir\w*|rotation\w*|"
    r"length|polic(?:y|ies)|type|mode|authentication|enabled|days|hours|minutes|seconds|version|provider|store|class|key_?selector|engine|mount|prefix|"
    r"algorithm|encryption|field|property|count|limit|limits)$"
)
# keys whose value is the name of a Kubernetes Secret, or of a key inside one
_NAMES_OBJECT: Final = re.compile(
    r"(?i)(?:existing|from|tls|ca|pull|configuration|web_?hook)[-_]secrets?$|^existing_|(?:user|password)_key$"
)
_REFERENCE_VALUE: Final = re.compile(
    r"""(?x)^(?:arn:aws | \$\{ | \$\( | \{\{ | vault: | ssm: | secretsmanager: | file:// | /[\w./-]+$ | https?://[^:@\s]*$
    | \[secret\]$ | [\w-]+(?:\.[\w-]+)+(?::\d+)?$ | (?:true|false|none|null|enabled|disabled)$ | [\d.]+[smhd]?$ )"""
)
_CAMEL: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_TOKEN: Final = re.compile(r"[A-Za-z0-9+/_=-]{20,}")
_HEX_OR_UUID: Final = re.compile(
    r"^(?:[0-9a-f]{32,}|[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12})$"
)
_MIN_ENTROPY_BITS: Final = 4.0
_ARN: Final = re.compile(r"^arn:aws[\w-]*:[\w-]+:[\w-]*:\d*:\S+$")
_SHORT_REFERENCE: Final = re.compile(r"^\W*$")


def promises_secret(key: str) -> bool:
    """A key such as DB_PASSWORD or apiToken, but not tokenTtl, secretName or passwordPolicy."""
    snake = _CAMEL.sub("_", key)
    if _NAMES_OBJECT.search(snake):
        return False
    return bool(_SECRET_KEY.search(snake)) and not _POINTER_KEY.search(snake)


def is_placeholder(text: str) -> bool:
    """A stand-in such as changeme or <password>: it means that a literal was expected here."""
    return bool(_PLACEHOLDER.match(text) or _PLACEHOLDER_INSIDE.search(text))


def is_reference(text: str) -> bool:
    """Text that says where a secret is (an ARN, a path, a template expression), not what it is."""
    return bool(_REFERENCE_VALUE.match(text.strip()))


def looks_secret(text: str) -> bool:
    """Whether the text carries a credential by its form: known formats, passwords in URLs, random tokens."""
    if _ARN.match(text):
        # `...:secret:name` of Secrets Manager says where a secret is.
        return False
    for match in _PATTERNS.finditer(text):
        held = match["url_password"] or match["assigned"]
        if held is None:
            return True
        if not _is_template(held) and not is_reference(held):
            return True
    return any(_is_random(token) for token in _TOKEN.findall(text))


def holds_secret(key: str, text: str) -> bool:
    """Whether `key: text` states a literal secret or a stand-in for one."""
    if not text.strip() or _SHORT_REFERENCE.match(text):
        return looks_secret(text)
    if promises_secret(key) and not is_reference(text):
        return True
    return looks_secret(text)


def _is_template(text: str) -> bool:
    return text.startswith(("${", "$(", "{{", "%(", "<", "$")) or "*" in text


def _is_random(token: str) -> bool:
    """Upper, lower and digits mixed with the entropy of a generated token; hashes and identifiers are not secrets."""
    if _HEX_OR_UUID.match(token) or "/" in token.strip("/"):
        return False
    kinds = (
        any(map(str.isupper, token)),
        any(map(str.islower, token)),
        any(map(str.isdigit, token)),
    )
    return all(kinds) and _entropy(token) >= _MIN_ENTROPY_BITS and not _is_words(token)


def _is_words(token: str) -> bool:
    """Names such as ELBSecurityPolicy-TLS13-1-2-2021-06 or camelCaseWord42: long runs of letters of one case."""
    parts = [
        part
        for part in re.split(
            r"[-_]|(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Za-z])(?=\d)|(?<=\d)(?=[A-Za-z])", token
        )
        if part
    ]
    return sum(map(len, parts)) / max(len(parts), 1) >= 3.0


def _entropy(text: str) -> float:
    counts = Counter(text)
    return -sum(n / len(text) * math.log2(n / len(text)) for n in counts.values())
