"""Now ``loganalyzer.pipeline.analyze``; what a program needs is in ``loganalyzer`` itself."""

from loganalyzer.pipeline.analyze import Options, Report, analyze, diagnose, load

__all__ = ["Options", "Report", "analyze", "diagnose", "load"]
