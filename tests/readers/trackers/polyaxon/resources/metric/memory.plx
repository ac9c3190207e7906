step|timestamp|metric
|2026-11-28 10:44:33.788825+00:00|5.5