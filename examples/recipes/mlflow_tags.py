"""MLflow: the verdict as tags of a finished run, the report as its artifact: ``python mlflow_tags.py RUN_ID LOGS``."""

from __future__ import annotations

import sys

from mlflow.tracking import MlflowClient

import loganalyzer


def tag(client: MlflowClient, run_id: str, logs: str, lang: str = "en") -> None:
    """Judge ``logs``; its worst run becomes the tags ``analyze-logs.*`` of the MLflow run."""
    report = loganalyzer.analyze(logs)
    worst = report.worst(1).to_dict(lang)["runs"]
    if not worst:
        raise SystemExit(f"no training run found below {logs}")
    for name in ("verdict", "kind", "confidence", "headline"):
        client.set_tag(run_id, f"analyze-logs.{name}", worst[0][name])
    for action in worst[0]["prescription"][:1]:
        client.set_tag(run_id, "analyze-logs.next", action["text"])
    client.log_text(run_id, report.to_html(lang), "analyze-logs/report.html")


if __name__ == "__main__":
    tag(MlflowClient(), *sys.argv[1:])  # the server comes from MLFLOW_TRACKING_URI
