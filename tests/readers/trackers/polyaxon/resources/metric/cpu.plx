step|timestamp|metric
|2026-11-28 10:44:33.788807+00:00|0.0