"""Which runs are shown: the language of the page's filter and of ``--where``; ``docs/filter.md`` describes it."""
