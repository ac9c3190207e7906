"""Slack, Teams, Discord: post the short text: ``analyze-logs runs --format brief | python webhook.py slack``.

The address comes from the environment (WEBHOOK_URL): it is a secret, and a command line can be seen by others.
"""

from __future__ import annotations

import json
import os
import sys
import urllib.request
from typing import Any


def payload(service: str, text: str) -> dict[str, Any]:
    """Return what the service takes: at most 2000 characters for Discord, a card for Teams (a workflow's webhook)."""
    match service:
        case "slack":  # &, < and > are what Slack asks to have escaped; names of runs cannot ping anybody then
            escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
            return {"text": f"```{escaped[:35_000]}```"}
        case "discord":
            return {"content": f"```{text[:1900]}```", "allowed_mentions": {"parse": []}}
        case "teams":
            lines = {"type": "TextBlock", "text": text[:20_000], "wrap": True, "fontType": "Monospace"}
            card = {"type": "AdaptiveCard", "version": "1.4", "body": [lines]}
            attachment = {"contentType": "application/vnd.microsoft.card.adaptive", "content": card}
            return {"type": "message", "attachments": [attachment]}
    raise SystemExit(f"unknown service {service!r}: slack, teams or discord")


def post(address: str, body: dict[str, Any]) -> None:
    """Send ``body`` as JSON; raises ``OSError`` where it was not delivered."""
    request = urllib.request.Request(address, json.dumps(body).encode(), {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=30):
        pass


if __name__ == "__main__":
    post(os.environ["WEBHOOK_URL"], payload(sys.argv[1], sys.stdin.read()))
