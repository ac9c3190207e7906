"""Options for the mail about an analysis."""

from __future__ import annotations

import click

from loganalyzer.cli.options.declare import together

DETAILS = ("smtp", "email_from", "email_title", "email_attach", "email_required", "insecure_smtp")
"""Parameters that say how to mail, and mean nothing without a recipient."""
mail = together(
    click.option("--email-to", metavar="A,B", help="Mail the outcome to these addresses."),
    click.option("--email-from", metavar="ADDRESS", help="Sender of the mail."),
    click.option(
        "--smtp",
        metavar="URL",
        help="Mail server, smtp[s]://user@host:port; the password comes from LOGANALYZER_SMTP_PASSWORD or a file.",
    ),
    click.option("--eml", metavar="FILE|-", help="Write the mail to a file instead of sending it."),
    click.option("--email-title", metavar="TEXT", help="Name of the job, for the end of the subject."),
    click.option(
        "--email-attach",
        type=click.Choice(["html", "zip", "none"]),
        help="How the full report is attached. [default: html]",
    ),
    click.option("--email-required", is_flag=True, help="Exit 4 if the mail could not be delivered."),
    click.option("--insecure-smtp", is_flag=True, help="Allow plain text to a server elsewhere (never a password)."),
    section="mail",
)
