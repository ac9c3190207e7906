"""What counts as a secret, and what only looks like one."""

from __future__ import annotations

import pytest

from loganalyzer.roles.secrets import REDACTED, clean, hidden, hidden_path, is_secret_name
from tests.roles.test_hyperparameters import TABLE, spellings

SECRET_NAMES = """
    api_key apiKey APIKEY X-Api-Key wandbApiKey wandb.key openai_key access_key account_key ssh_key private_key db.password
    PASSWD pwd smtp_pass passphrase token hfToken hftoken hub_token push_to_hub_token access_token id_token my_token_value
    api_tokens auth auth_user basic-auth oauth2 Authorization authentication credentials.user secret client_secret
    secrets.openai aws_session bearer jwt cookie webhook_url
""".split()
OTHER_NAMES = """
    tokenizer tokenizer.name num_tokens max_tokens max_new_tokens token_dim tokens_per_step pad_token pad_token_id bos_token
    class_token image_token time_to_first_token author authors key key_dim sort_key num_key_value_heads keyboard monkey
    bypass_weights forward_pass cls_pw hotkey keypoints session compass
""".split()


@pytest.mark.parametrize("name", SECRET_NAMES)
def test_names_of_secrets(name: str) -> None:
    for value in ("opensesame", "a b", 1234567, 0.5):
        assert clean({name: value}) == {name: REDACTED}
        assert clean({"outer": {name: value}}) == {f"outer.{name}": REDACTED}
    assert "opensesame" not in hidden(f"x 1 {name}=opensesame, lr=0.1") and "lr=0.1" in hidden(
        f"{name}=opensesame, lr=0.1"
    )


@pytest.mark.parametrize("name", OTHER_NAMES)
def test_names_that_only_look_like_it(name: str) -> None:
    assert clean({name: "gpt2", "n": {name: 50256}}) == {name: "gpt2", f"n.{name}": 50256}
    assert hidden(f"{name}=gpt2 {name}: 5") == f"{name}=gpt2 {name}: 5"


def test_no_name_of_the_table_is_a_secret() -> None:
    names = [s for e in TABLE.values() for n in (*e.names, *e.vague, *e.abbreviations) for s in spellings(n)]
    assert not [name for name in names if is_secret_name(name)]


@pytest.mark.parametrize("value", ["", None, "none", "true", True, False, "False", 0, 1, "no"])
def test_whether_there_is_a_secret_may_be_known(value: object) -> None:
    assert REDACTED not in clean({"use_auth_token": value}).values()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("postgres://bob:hunter2@db/prod", f"postgres://{REDACTED}@db/prod"),
        ("redis://:pw@host:6379/0", f"redis://{REDACTED}@host:6379/0"),
        ("https://0123456789abcdef0123456789@sentry.io/4", f"https://{REDACTED}@sentry.io/4"),
        ("Server=a;User Id=sa;Password=x;Timeout=5", f"Server=a;User Id=sa;Password={REDACTED};Timeout=5"),
        ("AccountName=a;AccountKey=bc/d+e==", f"AccountName=a;AccountKey={REDACTED}"),
        ("https://a.blob/b?sv=1&sig=abc%3D&se=2", f"https://a.blob/b?sv=1&sig={REDACTED}&se=2"),
        ("curl -H 'Authorization: Bearer abc.def'", f"curl -H 'Authorization: {REDACTED}'"),
        ("Bearer abcdef123", REDACTED),
        ("train --api-key abc --lr 0.1", f"train --api-key {REDACTED} --lr 0.1"),
        ("train --password=abc --lr 0.1", f"train --password={REDACTED} --lr 0.1"),
        ("{'api_key': 'a b', 'lr': 1}", f"{{'api_key': {REDACTED}, 'lr': 1}}"),
        ('{"headers": {"X-Token": "ab"}}', f'{{"headers": {{"X-Token": {REDACTED}}}}}'),
        ("metric:api_key=abc/loss", f"metric:api_key={REDACTED}"),
        ("key AKIAIOSFODNN7EXAMPLE", f"key {REDACTED}"),
        ("hf_AbCdEfGhIjKlMnOpQrStUvWxYz", REDACTED),
        ("ghp_abcdefghij0123456789", REDACTED),
        ("sk-live-123456", REDACTED),
        ("sk-proj-abc_DEF-123456", REDACTED),
        ("xoxb-123456789012-abc", REDACTED),
        ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc", REDACTED),
        ("a -----BEGIN RSA PRIVATE KEY-----\nMIIE\n", f"a {REDACTED}"),
    ],
)
def test_secrets_inside_texts(text: str, shown: str) -> None:
    assert hidden(text) == hidden(shown) == shown
    assert clean({"x": text}) == {"x": REDACTED}


@pytest.mark.parametrize(
    "text",
    [
        "sk-learn-1.0", "task-oriented-learning-2024", "hf_pretrained_model", "docker://host:5000/image@sha256:0", "Bearer of",
        "s3://bucket/path", "user@host:/data", "https://host:8080/a", "a8f5f167f44f4964e6c998dee827110c", "token", "max_tokens=5",
        "KeyError: 'loss'", "cross_entropy", "no password", "/home/me/keys/run=1", "passing: 3", "lr=0.1,seed=1",
    ],
)  # fmt: skip
def test_texts_without_secrets_stay(text: str) -> None:
    assert hidden(text) == text
    assert clean({"x": text}) == {"x": text}


def test_a_secret_ends_with_its_folder() -> None:
    assert hidden_path("runs/api_key=a b/lr=0.1") == f"runs/api_key={REDACTED} b/lr=0.1"
    assert hidden_path("runs/lr=0.1,token=ab,seed=1/x.csv") == f"runs/lr=0.1,token={REDACTED},seed=1/x.csv"


def test_long_texts_are_cut_after_they_were_looked_through() -> None:
    assert clean({"x": "a" * 190 + " https://me:hunter2@host"}) == {"x": REDACTED}
    assert clean({"x": "a" * 300}) == {"x": "a" * 200}


@pytest.mark.parametrize("unit", ["sk-", "eyJ-", "a=", "token ", 'key="', "://a:", "--a ", "auth: ", "Bearer ", "key'"])
def test_hostile_texts_take_steps_in_line_with_their_length(unit: str) -> None:
    text = unit * (10_000 // len(unit))
    assert hidden(hidden(text)) == hidden(text)
