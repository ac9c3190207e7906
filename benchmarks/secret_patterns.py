"""Our patterns of secrets against those of detect-secrets: ``python -m benchmarks.secret_patterns`` prints the table.

Sixty invented keys and passwords of services that trainings use, once as a setting under their usual name and once under
a name that says nothing, and two hundred ordinary settings. detect-secrets is asked where it is installed (``pip install
detect-secrets``), with its default plugins and filters, line by line, as it reads a file.
"""

from __future__ import annotations

import base64
import hashlib
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from loganalyzer.roles.secrets import clean

Setting = tuple[str, str]


def _letters(
    seed: str, count: int, alphabet: str = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
) -> str:
    digits = b"".join(hashlib.sha256(f"{seed}{n}".encode()).digest() for n in range(count // 32 + 1))
    return "".join(alphabet[byte % len(alphabet)] for byte in digits[:count])


def _hex(seed: str, count: int) -> str:
    return _letters(seed, count, "0123456789abcdef")


def _base64(seed: str, count: int) -> str:
    return base64.b64encode(_letters(seed, count).encode()).decode()


def secrets() -> list[Setting]:
    """The usual name of each secret and an invented value in its real shape."""
    a, h, b = _letters, _hex, _base64
    upper = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
    return [
        ("aws_access_key_id", "AKIA" + a("1", 16, upper)),
        ("aws_secret_access_key", a("2", 40)),
        ("github_token", "ghp_" + a("3", 36)),
        ("gh_pat", "github_pat_" + a("4", 82)),
        ("gitlab_token", "glpat-" + a("5", 20)),
        ("slack_token", f"xoxb-{'7' * 12}-{'8' * 12}-{a('6', 24)}"),
        (
            "slack_webhook",
            "https://hooks.slack.com/services/T" + a("7", 8, upper) + "/B" + a("8", 8, upper) + "/" + a("9", 24),
        ),
        ("stripe_key", "sk_" + "live_" + a("10", 24)),
        ("twilio_auth_token", h("11", 32)),
        ("twilio_sid", "SK" + h("12", 32)),
        ("sendgrid_api_key", "SG." + a("13", 22) + "." + a("14", 43)),
        ("mailgun_key", "key-" + h("15", 32)),
        ("mailchimp_key", h("16", 32) + "-us21"),
        ("heroku_api_key", f"{h('17', 8)}-{h('18', 4)}-4{h('19', 3)}-a{h('20', 3)}-{h('21', 12)}"),
        ("digitalocean_token", "dop_v1_" + h("22", 64)),
        ("azure_storage_key", b("23", 64)),
        ("azure_conn", "DefaultEndpointsProtocol=https;AccountName=x;AccountKey=" + b("24", 64)),
        ("google_api_key", "AIza" + a("25", 35)),
        ("google_oauth_secret", "GOCSPX-" + a("26", 28)),
        ("service_account", '{"private_key": "-----BEGIN PRIVATE KEY-----\\n' + b("27", 48) + '"}'),
        ("openai_api_key", "sk-proj-" + a("28", 48)),
        ("anthropic_api_key", "sk-ant-api03-" + a("29", 95)),
        ("hf_token", "hf_" + a("30", 34)),
        ("replicate_token", "r8_" + a("31", 37)),
        ("wandb_api_key", h("32", 40)),
        ("comet_api_key", a("33", 25)),
        ("neptune_api_token", "eyJhcGlfYWRkcmVzcyI6" + b("34", 60)),
        ("discord_bot_token", a("35", 24) + "." + a("36", 6) + "." + a("37", 38)),
        ("telegram_token", "7" * 10 + ":AA" + a("38", 33)),
        ("jwt", "eyJhbGciOiJIUzI1NiJ9.eyJ" + a("39", 30) + "." + a("40", 43)),
        ("registry", f"https://bob:{a('41', 14)}@registry.example.com"),
        ("database", f"postgresql://train:{a('42', 12)}@db:5432/runs"),
        ("redis_url", f"redis://:{a('43', 16)}@cache:6379/0"),
        ("kaggle_key", h("44", 32)),
        ("databricks_token", "dapi" + h("45", 32)),
        ("snowflake_password", "Winter!" + a("46", 5)),
        ("docker_auth", b("47", 24)),
        ("npm_token", "npm_" + a("48", 36)),
        ("pypi_token", "pypi-AgEIcHlwaS5vcmc" + a("49", 70)),
        ("artifactory_key", "AKCp" + a("50", 69)),
        ("ibm_api_key", a("51", 44)),
        ("square_token", "sq0atp-" + a("52", 22)),
        ("datadog_api_key", h("53", 32)),
        ("newrelic_key", "NRAK-" + a("54", 27, upper)),
        ("sentry_dsn", f"https://{h('55', 32)}@o1.ingest.sentry.io/2"),
        ("shopify_token", "shpat_" + h("56", 32)),
        ("notion_token", "ntn_" + a("57", 46)),
        ("airtable_token", "pat" + a("58", 14) + "." + h("59", 64)),
        ("vault_token", "hvs." + a("60", 90)),
        ("ssh_key", "-----BEGIN OPENSSH PRIVATE KEY-----\n" + b("61", 48)),
        ("minio_root_password", a("62", 16)),
        ("smtp_password", "correct horse battery"),
        ("pinecone_api_key", "pcsk_" + a("63", 60)),
        ("cohere_api_key", a("64", 40)),
        ("groq_api_key", "gsk_" + a("65", 52)),
        ("runpod_api_key", "rpa_" + a("66", 40, upper)),
        ("langsmith_key", "lsv2_pt_" + h("67", 32) + "_" + h("68", 10)),
        ("clearml_secret_key", a("69", 50)),
        ("tailscale_key", "tskey-auth-" + a("70", 12) + "-" + a("71", 32)),
        ("db_pass", "hunter2"),
    ]


def ordinary() -> list[Setting]:
    """Two hundred settings as trainings log them."""
    a, h = _letters, _hex
    known = """lr=0.0003 batch_size=32 optimizer=adamw weight_decay=0.01 betas=[0.9,0.999] epochs=100 seed=42 model=resnet50
    dropout=0.1 scheduler=cosine warmup_steps=500 max_tokens=2048 pad_token=<pad> eos_token=</s> bos_token=<s>
    unk_token=[UNK] mask_token=[MASK] pad_token_id=50256 tokenizer=bert-base-uncased vocab_size=32000
    num_tokens=1000000 tokens_per_second=12345.6 special_tokens=['<a>','<b>'] key_dim=64 num_keys=8
    key_padding_mask=None query_key_norm=True monitor_key=val_loss sort_key=step image_key=jpg label_key=cls
    author=alice authors=['alice','bob'] hash=sha256 auto_resume=True passes=3 bypass=False compass=1
    pass_through=0 num_passes=2 data_path=/data/imagenet/train output_dir=./outputs/2024-01-02/12-34-56
    config=configs/base.yaml resume=checkpoints/last.ckpt device=cuda:0 precision=bf16-mixed strategy=ddp
    num_workers=8 pin_memory=True host=node17.cluster.local port=29500 master_addr=10.0.0.1 master_port=12355
    rank=0 world_size=8 backend=nccl init_method=env:// url=https://example.com/data.tar.gz
    repo=https://github.com/org/project dataset=s3://bucket/data/shard-000123.tar model_name=meta-
    llama/Llama-3.1-8B pretrained=timm/vit_base_patch16_224.augreg_in21k teacher=openai/clip-vit-large-patch14
    revision=main version=1.2.3+cu121 python=3.11.7 torch=2.4.0 cuda=12.1 gpu=NVIDIA-A100-SXM4-80GB
    hostname=ip-10-0-0-12 user=alice project=my-project entity=my-team tags=['baseline','v2'] notes=first-try-
    with-warmup loss=cross_entropy label_smoothing=0.1 mixup=0.8 cutmix=1.0 drop_path=0.2 clip_grad=1.0
    accumulate=4 amp=True compile=False ema_decay=0.9999 save_every=1000 eval_every=500 patience=10 metric=val_acc
    mode=max hidden_size=768 num_layers=12 num_heads=12 ffn_dim=3072 max_len=512 rope_theta=10000.0 norm_eps=1e-05
    activation=gelu tie_weights=True secret_santa=no temperature=0.7 top_p=0.9 top_k=50 beam_size=4
    length_penalty=1.0 lora_r=16 lora_alpha=32 target=q_proj,v_proj""".split()
    settings = [tuple(one.split("=", 1)) for one in known]
    made = [(f"commit_{n}", h(f"c{n}", 40)) for n in range(15)] + [(f"git_sha_{n}", h(f"g{n}", 7)) for n in range(8)]
    made += [(f"checksum_{n}", "sha256:" + h(f"k{n}", 64)) for n in range(8)] + [
        (f"md5_{n}", h(f"m{n}", 32)) for n in range(6)
    ]
    made += [(f"run_id_{n}", a(f"r{n}", 8, "abcdefghijklmnopqrstuvwxyz0123456789")) for n in range(10)]
    made += [(f"mlflow_run_{n}", h(f"f{n}", 32)) for n in range(8)]
    made += [
        (f"job_{n}", f"{h(f'j{n}', 8)}-{h(f'k{n}', 4)}-4{h(f'l{n}', 3)}-9{h(f'm{n}', 3)}-{h(f'n{n}', 12)}")
        for n in range(8)
    ]
    made += [(f"shard_{n}", f"/mnt/data/c4/en/c4-train.{n:05d}-of-01024.json.gz") for n in range(8)]
    made += [(f"image_{n}", f"registry.example.com/team/train@sha256:{h(f'i{n}', 64)}") for n in range(5)]
    made += [(f"wandb_url_{n}", f"https://wandb.ai/team/project/runs/{a(f'w{n}', 8)}") for n in range(16)]
    return [*settings, *made][:200]  # type: ignore[list-item]


def ours(settings: Sequence[Setting]) -> set[int]:
    """Which settings are hidden in every output."""
    return {n for n, (name, value) in enumerate(settings) if "(redacted)" in str(clean({name: value}))}


def theirs(settings: Sequence[Setting]) -> set[int] | None:
    """Which settings detect-secrets finds in a file of them, a line each; None where it is not installed."""
    try:
        from detect_secrets import SecretsCollection
        from detect_secrets.settings import default_settings
    except ImportError:
        return None
    with tempfile.TemporaryDirectory() as folder, default_settings():
        file = Path(folder, "settings.py")
        file.write_text("".join(f"{name} = {value!r}\n" for name, value in settings))
        found = SecretsCollection()
        found.scan_file(str(file))
        return {secret.line_number - 1 for _, secret in found}


def main() -> None:
    """Print the table."""
    bare = [("note", value) for _, value in secrets()]
    told: list[str] = []
    print(
        "| | secrets under their name | under a name that says nothing | ordinary settings | microseconds a setting |"
    )
    print("|---|--:|--:|--:|--:|")
    for title, ask in {"ours": ours, "detect-secrets": theirs}.items():
        start = time.perf_counter()
        answers = [ask(settings) for settings in (secrets(), bare, ordinary())]
        each = 1e6 * (time.perf_counter() - start) / (len(secrets()) + len(bare) + len(ordinary()))
        if None in answers:
            print(f"| {title} | not installed | | | |")
            continue
        counts = " | ".join(
            f"{len(found or ())} of {count}" for found, count in zip(answers, (60, 60, len(ordinary())), strict=True)
        )
        print(f"| {title} | {counts} | {each:.0f} |")
        for what, settings, found, wanted in zip(
            ("Missed under its name", "Missed without", "Found in ordinary settings"),
            (secrets(), secrets(), ordinary()), answers, (False, False, True), strict=True,
        ):  # fmt: skip
            names = [name for n, (name, _) in enumerate(settings) if (n in (found or ())) is wanted]
            told.append(f"{what} ({title}): {', '.join(names) or 'none'}.")
    print("\n" + "\n".join(told))
    command = [sys.executable, "-X", "importtime", "-c", "import detect_secrets.settings, detect_secrets.core.scan"]
    timed = subprocess.run(command, capture_output=True, text=True, check=False)
    if timed.returncode == 0:
        total = sum(int(line.split(":")[1].split("|")[0]) for line in timed.stderr.splitlines()[1:])
        print(f"Importing detect-secrets takes {total / 1000:.0f} ms, with Python's own start.")


if __name__ == "__main__":
    main()
