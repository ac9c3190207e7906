"""Now ``loganalyzer.rules.limits``."""

from loganalyzer.rules.limits import limit as limit
