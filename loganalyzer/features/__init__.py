"""Pure numbers about curves: noise, level, trend, swing, schedule. Nothing here judges."""
