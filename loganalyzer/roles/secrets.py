"""Secrets in logs: passwords, keys and tokens among the hyper-parameters, in names and in paths are never shown.

A secret is known by the name of its setting ("api_key", "Password=..." inside a text) or by its own shape (a password in
an address, "hf_...", a private key). ``without_secrets`` is applied once to each run, where runs are made.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from loganalyzer.model.late import late
from loganalyzer.model.record import replace
from loganalyzer.model.run import Detail, Note, Run, Series, Unread
from loganalyzer.roles.hyperparameter_values import flattened
from loganalyzer.roles.hyperparameters import words_of

REDACTED = "(redacted)"
LONGEST_SHOWN = 200
NO_SECRETS = frozenset({"", "none", "null", "true", "false", "yes", "no", "on", "off", "0", "1"})
"""Values, in lower case, that say whether there is a secret, not which."""

_OWNERS = (
    "api|access|ssh|encryption|signing|auth|shared|service|subscription|deploy|master|license|rsa|gpg|pgp|client|storage|"
    "host|sas|session|wandb|comet|neptune|openai|anthropic|hf|huggingface|google|gcp|azure|github|gitlab|slack|bot|hub|refresh|bearer|login"
)
_SECRET_NAME = late(
    lambda: re.compile(
        rf"passw|passphrase|passcode|secret|credential|authori[sz]ation|authenticat|bearer|"
        rf"(?:^|_)(?:pwd|o?auth|jwt|cookies?|webhooks?|aws)(?:_|$)|(?:db|smtp|ftp|mail|user|login|root|admin|redis|sql|pg)_?(?:pass|pw)(?:_|$)|"
        r"(?:^|_)dsn(?:_|$)|conn(?:ection)?_?str(?:ing)?(?:_|$)|(?:github|gitlab|azure|devops)_?pat(?:_|$)|"
        rf"(?:api|access|private|account)_?keys?(?:_|$)|(?:^|_)(?:{_OWNERS})_?(?:keys?|tokens?)(?:_|$)"
    )
)
_OF_TOKENS = frozenset({"value", "string", "str", "text", "hash"})
_VOCABULARY_TOKENS = frozenset(
    "additional assistant audio begin blank boi bos byte char class classification cls control decoder dist distillation"
    " empty end eoi eos eot every first forced global group ignore image input last latent local mask max mem memory min n"
    " new next num number out output pad padding patch per pre prefix prompt query reg register reserved sentinel sep"
    " separator soft sos source special speech start stop sub suffix system target text think unk unknown video vision"
    " visual word".split()
)
"""What stands before "token" where it is a piece of text that a model reads, not a key."""

_ISSUERS = (
    "gldt- glrt- dckr_pat_ dop_v1_ doo_v1_ shpat_ shpss_ lin_api_ lsv2_pt_ nvapi- gsk_ xai- pplx- r8_ api_org_ pcsk_"
    " tskey-auth- tskey-api- GOCSPX- PMAK- ATATT3 sq0csp- sq0atp- EAAC sntrys_ sntryu_ hvs. figd_ dapi rubygems_"
    " AKCp NRAK- ntn_ rpa_"
).split()
"""How the keys of services begin; a long piece of letters and digits follows."""

_SHAPES = late(
    lambda: re.compile(
        r"(?<=://)[^\s/:@]*:[^\s/]+(?=@)|(?<=://)[\w.~%+-]{20,}(?=@)"  # the user's part of an address
        r"|(?<=[?&]sig=)[^&\s]+|(?<=[?&]key=)[^&\s]{16,}|(?<=[sS]ignature=)[^&\s]+|(?<=hooks\.slack\.com/services/)\S+"
        r"|\bsk-(?=[\w-]{0,99}\d)[\w-]{10,}|\b[srp]k_(?:live|test)_\w{6,}|\bhf_(?=[a-z]{0,99}[A-Z0-9])[a-zA-Z0-9]{16,}"
        r"|\bgh[pousr]_[A-Za-z0-9]{10,}|\bgithub_pat_\w{10,}|\bglpat-[\w-]{10,}|\bnpm_[A-Za-z0-9]{30,}|\bpypi-[\w-]{30,}"
        r"|\b(?:AKIA|ASIA)[A-Z0-9]{12,}\b|\bAIza[\w-]{30,}|\bya29\.[\w-]+|\bxox[a-z]-[\w-]{10,}|\bwandb_v1_\w{16,}"
        r"|\bSG\.[\w-]{16,}\.[\w-]{16,}|\beyJ[\w-]{8,999}\.eyJ[\w-]{8,}(?:\.[\w-]*)?|\b[Bb]earer\s+[\w.~+/=-]{6,}"
        r"|-----BEGIN [A-Z ]*PRIVATE KEY(?s:.*)|\bxapp-\d-[\w-]{16,}|(?<=/api/webhooks/)\d+/[\w-]+"
        r"|(?:\b|(?<=bot))\d{8,10}:AA[\w-]{30,}"  # of Telegram
        r"|\btskey-[a-z]{2,12}-[\w-]{20,}|\bkey-[0-9a-f]{32}\b|\bSK[0-9a-f]{32}\b|\b[0-9a-f]{32}-us\d{1,2}\b|\beyJ[\w+/-]{60,}={0,2}"
        r"|(?<=\s-u )[^\s:]{1,99}:\S+|(?<=--user )[^\s:]{1,99}:\S+|(?<=sshpass -p )\S+|(?<=wandb login )\S{16,}"
        rf"|(?<![A-Za-z0-9])(?:{'|'.join(map(re.escape, _ISSUERS))})(?=[\w-]{{0,99}}\d)[A-Za-z0-9]{{20,}}[\w.-]*"
    )
)
_NAME = late(
    lambda: re.compile(
        r"""([A-Za-z](?:[\w.\-]| (?!-)){0,60})["']?\s*[:=]\s*|(?<!\S)--?([A-Za-z][\w.\-]{0,60})\s+(?!-)"""
    )
)
"""A name and the sign behind it, as settings are written, or a flag of a command line."""
_VALUE = late(
    lambda: re.compile(
        r"""(?:(?:bearer|basic|digest|token)\s+)?(?:"[^"\n]*"|'[^'\n]*'|[^\s,;&|"'(){}\[\]]+)""", re.IGNORECASE
    )
)
_HINT = re.compile(
    r"pass|pwd|secret|credential|auth|key|token|cookie|webhook|aws|jwt|bearer|sig|://|sk-|[srp]k_|hf_|gh[pousr]_|github_pat_|glpat-|"
    r"npm_|pypi-|AKIA|ASIA|AIza|ya29|xox|wandb_v1|SG\.|eyJ|slack|dsn|conn|:AA|xapp-|\bSK[0-9a-f]|-us\d|wandb login|"
    r"\s-u |--user |_pw|" + "|".join(map(re.escape, _ISSUERS)),
    re.IGNORECASE,
)
"""What every secret that can be found in a text has: most texts need one quick look only."""


_RANDOM = late(lambda: re.compile(r"(?=.{0,199}[A-Za-z])(?=(?:[^\d\s]{0,99}\d){3})[A-Za-z0-9+=.-]{20,200}"))
"""A long value without a word in it: under a name that ends in "key", of whatever service, it is one."""


@lru_cache(maxsize=8192)
def is_secret_name(name: str) -> bool:
    """True for names of passwords, keys and tokens ("db.password", "X-Api-Key", "hfToken").

    Tokens of a text are none ("max_tokens", "pad_token_id"), and neither are "tokenizer", "author", "key_dim".
    """
    words = words_of(name)
    return _SECRET_NAME.search("_".join(words)) is not None or _is_token(words)


def _is_token(words: tuple[str, ...]) -> bool:
    """True where a token that opens something is meant: "token", "my_token_value", "hftoken"."""
    while words and words[-1] in _OF_TOKENS:
        words = words[:-1]
    if not words or not words[-1].endswith("token"):
        return False
    before = words[-1].removesuffix("token") or (words[-2] if len(words) > 1 else "")
    return before not in _VOCABULARY_TOKENS


def hidden(text: str) -> str:
    """``text`` with every secret in it replaced by "(redacted)"; the rest stays. Applied again it changes nothing."""
    if not _HINT.search(text):
        return text
    return _without_assigned(_SHAPES.sub(REDACTED, text))


def _without_assigned(text: str) -> str:
    """Without the values that follow the name of a secret."""
    parts: list[str] = []
    done = 0
    for name in _NAME.finditer(text):
        value = _VALUE.match(text, name.end()) if name.start() >= done and is_secret_name(name[1] or name[2]) else None
        if value is not None and value[0].strip("'\"").lower() not in NO_SECRETS:
            parts += (text[done : name.end()], REDACTED)
            done = value.end()
    return "".join((*parts, text[done:]))


def hidden_path(path: str) -> str:
    """The same for a path or the name of a run: a secret ends with its folder's name ("api_key=abc/run1")."""
    return "/".join(map(hidden, path.split("/"))) if _HINT.search(path) else path


def clean(values: Mapping[str, object]) -> dict[str, Detail]:
    """Hyper-parameters as they may be shown: flat, typed, without secrets, texts of at most 200 characters."""
    return {hidden(name)[:LONGEST_SHOWN]: _shown(name, value) for name, value in flattened(values).items()}


def _shown(name: str, value: Detail) -> Detail:
    if is_secret_name(name) and str(value).strip().lower() not in NO_SECRETS:
        return REDACTED
    if isinstance(value, str):
        random = words_of(name)[-1:] == ("key",) and _RANDOM.fullmatch(value) is not None
        return value[:LONGEST_SHOWN] if hidden(value) == value and not random else REDACTED
    return value


def without_secrets(run: Run) -> Run:
    """The run as it may be shown: hyper-parameters, names of series, notes, paths."""
    return replace(
        run,
        files=tuple(map(hidden_path, run.files)),
        series=_renamed(run.series),
        hyperparameters=clean(run.hyperparameters),
        notes=tuple(map(_note, run.notes)),
        group=hidden_path(run.group),
    )


def unread_without_secrets(unread: Unread) -> Unread:
    """The file that could not be read, as it may be shown."""
    return replace(unread, file=hidden_path(unread.file), note=_note(unread.note))


def _note(note: Note) -> Note:
    return replace(note, details={k: hidden(v) if isinstance(v, str) else v for k, v in note.details.items()})


def _renamed(series: Mapping[str, Series]) -> Mapping[str, Series]:
    """The series under names that may be shown; equal ones get a number."""
    if not _HINT.search("\n".join(series)):
        return series
    shown: dict[str, Series] = {}
    for name, one in series.items():
        own = free = hidden(name)
        number = 2
        while free in shown:
            free, number = f"{own}~{number}", number + 1
        shown[free] = one if free == one.name else replace(one, name=free)
    return shown
