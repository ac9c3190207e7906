"""First addresses of what plugins import, kept importable: ``loganalyzer.rule``, ``.reader``, ``.errors``, ``.api``,
``.model.limit``.

This folder lies on the ``__path__`` of ``loganalyzer`` (and its ``model`` on that of ``loganalyzer.model``), so that
``import loganalyzer.rule`` finds ``rule.py`` here. Each module gives what lives elsewhere now, under its former names too.
"""
