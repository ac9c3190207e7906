"""What a bucket costs: requests, bytes and seconds of a first and a second look, with and without a cache.

    python -m benchmarks.scale_remote [RUNS]

A real S3 server (moto) on loopback holds RUNS generated runs; every request that it gets is counted. The report is
compared byte by byte with that of the same runs on the disk. Prints the table of docs/scale.md.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

BUCKET = "experiments"


class Counted:
    """WSGI before the server: requests by kind, bytes that went out."""

    def __init__(self, app: Any) -> None:
        self.app = app
        self.kinds: Counter[str] = Counter()
        self.bytes = 0

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Any:
        listing = "list-type" in environ.get("QUERY_STRING", "")
        self.kinds["LIST" if listing else environ["REQUEST_METHOD"]] += 1
        for piece in self.app(environ, start):
            self.bytes += len(piece)
            yield piece


@contextmanager
def serving() -> Iterator[Counted]:
    import logging

    from moto.server import DomainDispatcherApplication, create_backend_app
    from werkzeug.serving import make_server

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    app = Counted(DomainDispatcherApplication(create_backend_app))
    server = make_server("127.0.0.1", 0, app, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    os.environ.update(
        AWS_ACCESS_KEY_ID="test", AWS_SECRET_ACCESS_KEY="test", AWS_DEFAULT_REGION="us-east-1",
        AWS_ENDPOINT_URL=f"http://127.0.0.1:{server.server_port}",
    )  # fmt: skip
    yield app
    server.shutdown()


def generate(folder: Path, runs: int) -> None:
    """Sweeps of a hundred runs, 80 points of five series each; every third overfits, every seventh diverges."""
    epochs = np.arange(80)
    for number in range(runs):
        rng = np.random.default_rng(number)
        train = 0.2 + 2 * np.exp(-epochs / rng.uniform(3, 30)) + 0.01 * rng.normal(size=80)
        validation = train + 0.05 + 0.02 * rng.normal(size=80)
        if number % 3 == 0:
            validation += np.maximum(0, epochs - 40) * 0.02
        if number % 7 == 0:
            train[60:] *= np.exp((epochs[60:] - 60) / 4)
        rows = np.column_stack([epochs, train, validation, 1 - train / 3, 1 - validation / 3, np.full(80, 1e-3)])
        run = folder / f"sweep{number // 100:03d}" / f"run{number:05d}"
        run.mkdir(parents=True)
        header = "epoch,train_loss,val_loss,train_acc,val_acc,lr\n"
        text = header + "".join(f"{e:.0f},{t:.5f},{v:.5f},{a:.5f},{b:.5f},{lr:g}\n" for e, t, v, a, b, lr in rows)
        (run / "metrics.csv").write_text(text)
        (run / "weights.pt").write_bytes(b"\0" * 1000)


def upload(folder: Path, keep: Callable[[Path], bool] = lambda file: True) -> None:
    from moto.s3.models import s3_backends

    (account,) = s3_backends
    for file in sorted(f for f in folder.rglob("*") if f.is_file() and keep(f)):
        key = f"{folder.name}/{file.relative_to(folder).as_posix()}"
        s3_backends[account]["aws"].put_object(BUCKET, key, file.read_bytes())


def look(root: str, *more: str) -> tuple[float, bytes]:
    """Seconds of the whole process, and the document."""
    started = time.perf_counter()
    command = [sys.executable, "-m", "loganalyzer", root, "--no-html", "--json", "-", "-j", "2", *more]
    done = subprocess.run(command, capture_output=True, check=True)
    return time.perf_counter() - started, done.stdout


def main() -> None:
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    with serving() as app, tempfile.TemporaryDirectory() as scratch:
        import boto3

        folder = Path(scratch) / "runs"
        generate(folder, runs)
        boto3.client("s3", endpoint_url=os.environ["AWS_ENDPOINT_URL"]).create_bucket(Bucket=BUCKET)
        upload(folder)
        root, cache = f"s3://{BUCKET}/runs", ("--cache", f"{scratch}/cache")
        _, expected = look(str(folder))
        print(f"{runs} runs of 80 points x 5 series, beside each a weights.pt; load {os.getloadavg()[0]:.0f}\n")
        print("| look | LIST | GET | other | MB fetched | seconds | same bytes as from disk |")
        print("| --- | --- | --- | --- | --- | --- | --- |")
        for name, more in (("plain", ()), ("first with a cache", cache), ("second with a cache", cache)):
            show(name, app, *look_counted(app, root, *more), expected)
        changed = set(sorted(folder.rglob("metrics.csv"))[:: max(1, runs // (runs // 100 or 1))])
        for file in changed:
            file.write_text(file.read_text().replace("0.001\n", "0.002\n"))
        upload(folder, keep=changed.__contains__)
        _, expected = look(str(folder))
        show(f"{len(changed)} runs changed", app, *look_counted(app, root, *cache), expected)


def look_counted(app: Counted, root: str, *more: str) -> tuple[float, bytes]:
    app.kinds.clear()
    app.bytes = 0
    return look(root, *more)


def show(name: str, app: Counted, seconds: float, document: bytes, expected: bytes) -> None:
    other = sum(app.kinds.values()) - app.kinds["LIST"] - app.kinds["GET"]
    same = "yes" if document == expected else "NO"
    print(
        f"| {name} | {app.kinds['LIST']} | {app.kinds['GET']} | {other} | {app.bytes / 1e6:.2f} | {seconds:.1f} | {same} |",
        flush=True,
    )


if __name__ == "__main__":
    main()
