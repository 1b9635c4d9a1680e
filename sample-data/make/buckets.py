"""How long each delivery took: histograms whose sums and counts are those of `delays.delivery_counters`.

A stage's delays are lognormal about the hour's mean, so that a mean that rises makes more of them late.
"""
import math

from clock import AS_OF
from delays import STAGES, rise

# The exporter's edges in seconds, as it writes them.
EDGES = ["0.001", "0.01", "0.1", "1", "10", "60", "3600", "86400", "172800", "+Inf"]
SPREAD = 1.0  # standard deviation of the logarithm of a delay
LATE = 10.0   # the edge next to the limit of 4 seconds in platform.toml


def share_within(seconds, mean):
    """Share of the deliveries that take at most so many seconds, of a mean in seconds."""
    if math.isinf(seconds):
        return 1.0
    middle = math.log(mean) - SPREAD * SPREAD / 2
    return 0.5 * math.erfc((middle - math.log(seconds)) / (SPREAD * math.sqrt(2)))


def of_stage(rows, stage):
    """{edge: running totals} of one stage, from the rows that `delivery_counters` gave."""
    totals = {edge: round(rows[0][0] * share_within(float(edge), STAGES[stage][0])) for edge in EDGES}
    columns = {edge: [totals[edge]] for edge in EDGES}
    for (count, sums), (next_count, next_sums) in zip(rows, rows[1:]):
        restarted = next_count < count
        made = next_count if restarted else next_count - count
        seconds = next_sums[stage] if restarted else next_sums[stage] - sums[stage]
        for edge in EDGES:
            within = round(made * share_within(float(edge), seconds / made)) if made else 0
            totals[edge] = within + (0 if restarted else totals[edge])
            columns[edge].append(totals[edge])
    return columns


def late_truth(stage):
    """What a planner should say of a stage's late deliveries: a share is what the law makes of a quiet night's mean, before and now."""
    base, _, percent = STAGES[stage]
    of = lambda t: 1 - share_within(LATE, base * rise(t, percent))
    return {"above_seconds": LATE, "expected": "rises" if percent else "steady",
            "share_before_percent": round(100 * of(0), 3), "share_now_percent": round(100 * of(AS_OF), 3)}
