"""The configuration: values merged from several sources, validated, each with its origin."""
