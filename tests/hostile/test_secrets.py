"""Invented secrets of many kinds, as values of settings and in printed lines, reach no output; harmless values stay."""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
from pathlib import Path

import pytest

from loganalyzer.roles.secrets import REDACTED, clean, hidden
from tests.cli.conftest import Call
from tests.contract.test_secrets import CURVE, contents, unzipped

MARK = "Zx9q"
LONG = f"{MARK}Ab3dEf6hIj8kLm0nOp2rSt5vWx7y"
HEX = hashlib.sha256(b"no secret").hexdigest()
SECRETS = f"""
python t.py --api-key {LONG} --token={LONG}
python t.py --token {LONG}
train --password {MARK}pw --lr 0.1
Server=x;Password={MARK};Timeout=5
Server=x;Pwd={MARK};
host=db user=me password={MARK} dbname=x
PGPASSWORD={MARK} psql
export OPENAI_API_KEY={LONG}
WANDB_API_KEY={LONG}
set AWS_SECRET_ACCESS_KEY={LONG}
sk-{LONG}
sk-proj-{LONG}
sk-ant-api03-{LONG}-{LONG}
sk_live_{LONG}
rk_test_{LONG}
ghp_{LONG}abcd
gho_{LONG}abcd
github_pat_{LONG}
hf_{LONG}
api_org_{LONG}
glpat-{LONG}
xoxb-123456789012-{LONG}
xapp-1-A123-{LONG}
AIza{LONG}abc
ya29.{LONG}
GOCSPX-{LONG}
SG.{LONG}.{LONG}
eyJhbGciOiJIUzI1NiJ9.eyJ{LONG}.{LONG}
https://{LONG}@sentry.io/1
https://{LONG}:x@sentry.io/1
https://bob:{MARK}pw@host/x
postgres://bob:{MARK}@db/prod
postgresql+psycopg2://bob:{MARK}@db/prod
mysql://root:{MARK}@h:3306/x
mongodb+srv://u:{MARK}@c.mongodb.net
redis://:{MARK}@h:6379
s3://AK:{MARK}@bucket
https://x.blob.core.windows.net/c?sv=1&sig={LONG}
https://b.s3.amazonaws.com/x?X-Amz-Signature={LONG}&x=1
https://api.x.com/v1?api_key={LONG}
https://api.x.com/v1?key={LONG}
https://api.x.com/v1?access_token={LONG}&x=1
https://hooks.slack.com/services/T00/B00/{LONG}
https://discord.com/api/webhooks/123456789012345678/{LONG}
https://api.telegram.org/bot123456789:AA{LONG}x/send
123456789:AA{LONG}x
Authorization: Bearer {LONG}
Authorization: Basic {LONG}
-H "X-Api-Key: {LONG}"
DefaultEndpointsProtocol=https;AccountName=a;AccountKey={LONG}==;EndpointSuffix=x
npm_{LONG}abcd
AKCp{LONG}
ntn_{LONG}
tskey-client-{LONG}
pypi-AgEIcHlwaS5vcmc{LONG}
dckr_pat_{LONG}
shpat_{LONG}
lin_api_{LONG}
nvapi-{LONG}
gsk_{LONG}
r8_{LONG}
xai-{LONG}
pplx-{LONG}
tskey-auth-{LONG}
ATATT3xFfGF0{LONG}
PMAK-{LONG}
sq0csp-{LONG}
EAAC{LONG}{LONG}
-----BEGIN OPENSSH PRIVATE KEY-----{MARK}
wandb login {LONG}
huggingface-cli login --token {LONG}
curl -u bob:{MARK}pw https://x
curl --user bob:{MARK}pw https://x
sshpass -p {MARK}pw ssh x
'token': '{LONG}'
"secret" = "{LONG}"
passwd={MARK}
client_secret={LONG}
refresh_token={LONG}
encryption_key={LONG}
NEPTUNE_API_TOKEN={LONG}
MLFLOW_TRACKING_PASSWORD={LONG}
HF_TOKEN={LONG}
SLACK_WEBHOOK={LONG}
SENTRY_DSN=https://{LONG}@o1.ingest.sentry.io/1
cookie: session={LONG}
""".strip().splitlines()
NAMED = {
    "wandb": {"key": MARK}, "pwd": MARK, "dsn": MARK, "smtp": {"pw": MARK, "pass": MARK}, "login": {"user": "u", "pass": MARK},
    "huggingface": {"token": MARK}, "openai": {"org": "x", "key": MARK}, "api_keys": [MARK, MARK], "auth": [["u", MARK]],
    "conn_str": MARK, "connection_string": MARK, "github": {"pat": MARK}, "login_key": MARK, "a": {"b": {"c": {"password": MARK}}},
}  # fmt: skip
MODELS = """
bert-base-uncased gpt2-xl t5-3b meta-llama/Llama-3.1-8B-Instruct Qwen/Qwen2.5-Coder-32B-Instruct-GPTQ-Int4
vit_base_patch16_224 convnextv2_huge.fcmae_ft_in22k_in1k_512 microsoft/deberta-v3-large
openai/clip-vit-large-patch14-336 facebook/wav2vec2-large-960h-lv60-self stabilityai/stable-diffusion-xl-base-1.0
swinv2_cr_giant_384 efficientnet_b7 resnet50.a1_in1k mistralai/Mixtral-8x7B-Instruct-v0.1 google/gemma-2-9b-it
sk-learn-1.5.2 xai-explainability2024 sentence-transformers/all-MiniLM-L6-v2 EleutherAI/pythia-1.4b-deduped
hf_pretrained_model hf-internal-testing/tiny-random-bert deepseek-ai/DeepSeek-R1-Distill-Qwen-7B tiiuae/falcon-40b
whisper-large-v3
""".split()
SETTINGS = """
adamw_torch_fused cosine_with_restarts bf16-mixed ddp_find_unused_parameters_true cross_entropy cuda:0 relu same none
max-autotune LinearWarmupCosineAnnealingLR (0.9, 0.999) 1e-05 [64, 128, 256] right {'lr': 0.1} O1 nccl epoch steps no
yes float16 channels_last key_value_heads=8 max_tokens=512 pad_token=<pad> bos_token_id=1 tokenizer=gpt2
num_key_value_heads: 4 sort_key=length author=me forward_pass=2 cls_pw=0.5 obj_pw: 1.0 passes=3 compass=1 keypoints=17
n_keys=4 hotkey=q attention_key=8
""".split()
HARMLESS = [
    *(hashlib.sha1(str(n).encode()).hexdigest() for n in range(30)),
    *(hashlib.sha256(str(n).encode()).hexdigest() for n in range(10)),
    *(hashlib.md5(str(n).encode()).hexdigest()[:7] for n in range(10)),
    *(f"sha256:{hashlib.sha256(str(n).encode()).hexdigest()}" for n in range(5)),
    *(f"2026-{n:02d}-14T12:{n:02d}:59+09:00" for n in range(1, 13)),
    *(f"2026{n:02d}14_1259{n:02d}" for n in range(1, 11)),
    *(f"{8 * HEX[n]}-{4 * HEX[n]}-4{3 * HEX[n]}-8{3 * HEX[n]}-{12 * HEX[n]}" for n in range(10)),
    *(f"/home/me/data/exp{n}/seed={n},lr=0.{n}/checkpoint-{n}00" for n in range(1, 16)),
    *(f"s3://bucket-{n}/team/run_{n}/events" for n in range(5)),
    *(f"https://example.org:80{n}0/runs/{n}?page={n}&sort=loss" for n in range(5)),
    *(f"https://wandb.ai/team/project/runs/{hashlib.md5(str(n).encode()).hexdigest()[:8]}" for n in range(5)),
    *(f"git@github.com:team/repo{n}.git" for n in range(8)), *(f"docker://registry:5000/image:{n}.0" for n in range(3)),
    *(f"node{n:03d}.cluster.example.org:29500" for n in range(5)),
    *MODELS, *SETTINGS,
]  # fmt: skip


@pytest.mark.parametrize("text", SECRETS, ids=range(len(SECRETS)))
def test_a_value_with_a_secret(text: str) -> None:
    shown = hidden(text)
    assert MARK not in shown and REDACTED in shown and hidden(shown) == shown
    assert clean({"x": text}) == {"x": REDACTED}
    assert MARK not in hidden(f"12:00:01 INFO started: {text} (rank 0)")


def test_names_of_secrets_at_any_depth() -> None:
    assert MARK not in json.dumps(clean(NAMED))


def test_harmless_values_stay() -> None:
    assert len(HARMLESS) >= 200
    assert [value for value in HARMLESS if REDACTED in clean({"x": value}).values() or hidden(value) != value] == []


def test_no_output_and_no_cache_shows_one(tmp_path: Path, analyze_logs: Call) -> None:
    run = tmp_path / "runs" / "a"
    run.mkdir(parents=True)
    (run / "config.json").write_text(
        json.dumps({**NAMED, **{f"setting{i}": s for i, s in enumerate(SECRETS)}, "lr": 0.125})
    )
    lines = [f"INFO {s}" for s in SECRETS] + [f"epoch {i} loss: {v} val_loss: {v}" for i, v in enumerate(CURVE)]
    (run / "train.log").write_text("\n".join(lines) + "\n")
    for path in run.iterdir():
        os.utime(path, (1.7e9, 1.7e9))  # what was just written is never remembered
    call = (
        "runs", "-o", "page", "--json", "a.json", "--jsonl", "a.jsonl", "--parquet", "tables", "--junit", "a.xml", "--sarif",
        "a.sarif", "--markdown", "a.md", "--gitlab", "gitlab.json", "--eml", "a.eml", "--email-to", "a@example.org",
        "--write-baseline", "baseline.json", "--cache", "cache", "-v",
    )  # fmt: skip
    done = analyze_logs(*call)
    assert done.returncode == 0 and MARK not in done.stdout + done.stderr
    assert "0.125" in (tmp_path / "a.json").read_text() and REDACTED in (tmp_path / "a.json").read_text()
    written = [path for path in tmp_path.rglob("*") if path.is_file() and run not in path.parents]
    assert len(written) >= 12
    assert [path for path in written for text in contents(path) if MARK in text] == []
    with sqlite3.connect(tmp_path / "cache" / "loganalyzer-cache.sqlite3") as connection:
        blobs = [unzipped(blob or b"") for row in connection.execute("SELECT data, curves FROM rows") for blob in row]
    connection.close()
    assert blobs and not any(MARK.encode() in blob for blob in blobs)
