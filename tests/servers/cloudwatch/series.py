"""What GetMetricData answers: metrics by statistic and period, mathematics over them, and searches."""

import ast
import math
import re

import rpc

MINUTE, DAY = 60, 86_400
MOST_QUERIES, MOST_POINTS = 500, 100_800
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html
KEPT = {60: 15 * DAY, 300: 63 * DAY, 3600: 455 * DAY}
ID = re.compile(r"^[a-z][a-zA-Z0-9_]*$")
SEARCH = re.compile(r"""^SEARCH\('\{([^}]*)\} (?:MetricName="?)?([\w.]+)"?', '([\w.]+)', (\d+)\)$""")
PROPERTY = re.compile(r"\$\{PROP\('Dim\.([^']*)'\)\}")


def raw(metric, minute):
    """The point of a minute: the seed's thousands, and the minute of the day."""
    return metric["seed"] * 1000 + minute // MINUTE % 1440


def check(asked, now):
    """Refuses what CloudWatch refuses, and what its documents say one call may not hold."""
    queries = asked["MetricDataQueries"]
    start, end = rpc.seconds(asked["StartTime"]), rpc.seconds(asked["EndTime"])
    ids = [query["Id"] for query in queries]
    problems = []
    if not 1 <= len(queries) <= MOST_QUERIES:
        problems.append(f"{len(queries)} queries: 1 to {MOST_QUERIES} are allowed")
    if start >= end:
        problems.append("StartTime must be before EndTime")
    if len(set(ids)) < len(ids) or not all(map(ID.match, ids)):
        problems.append("an Id is no lower-case word, or stands twice")
    if not any(query.get("ReturnData", True) for query in queries):
        problems.append("no query returns data")
    points = 0
    for query in queries:
        if ("MetricStat" in query) == ("Expression" in query):
            problems.append(f"{query['Id']}: either MetricStat or Expression")
            continue
        period = query.get("MetricStat", query).get("Period", MINUTE)
        finest = next((kept for kept, age in KEPT.items() if now - start <= age), 3600)
        if period % MINUTE or period % finest:
            problems.append(f"{query['Id']}: period {period} for an age where {finest} s are kept")
        if start % period or end % period:
            problems.append(f"{query['Id']}: the range does not lie on the period {period}")
        points += math.ceil((end - start) / period)
    if points > MOST_POINTS:
        problems.append(f"{points} points: at most {MOST_POINTS} are allowed")
    if problems:
        raise rpc.Refusal("ValidationError", "; ".join(problems))


def results(asked, metrics, now, status):
    """Every shown result: its Id, Label, points and status."""
    check(asked, now)
    start, end = rpc.seconds(asked["StartTime"]), rpc.seconds(asked["EndTime"])
    newest_first = asked.get("ScanBy", "TimestampDescending") == "TimestampDescending"
    known, shown = {}, []

    def show(query, label, points, code):
        if not query.get("ReturnData", True):
            return
        points = sorted(points.items(), reverse=newest_first)
        if code in ("InternalError", "Forbidden"):
            points = []
        elif code == "PartialData":
            points = points[: len(points) // 2]
        result = {"Id": query["Id"], "Label": query.get("Label", label), "points": points, "status": code}
        if code == "Forbidden":
            result["Messages"] = [{"Code": "Forbidden", "Value": "You are not authorized to see this metric"}]
        shown.append(result)

    for query in asked["MetricDataQueries"]:
        stat = query.get("MetricStat")
        if stat:
            dimensions = {d["Name"]: d["Value"] for d in stat["Metric"].get("Dimensions", [])}
            name = (stat["Metric"]["Namespace"], stat["Metric"]["MetricName"], dimensions)
            found = next((m for m in metrics if (m["namespace"], m["metric"], m["dimensions"]) == name), None)
            points = statistic(found, stat["Stat"], stat["Period"], start, end, now) if found else {}
            known[query["Id"]] = (points, stat["Period"], dimensions)
            if query.get("ReturnData", True):
                show(query, stat["Metric"]["MetricName"], points, status(dimensions))
            continue
        search = SEARCH.match(query["Expression"])
        if search:
            for metric, label, points in searched(search, query, metrics, start, end, now):
                show(query | {"Label": label}, label, points, status(metric["dimensions"]))
        else:
            points, dimensions = calculated(query["Expression"], known)
            show(query, query["Id"], points, status(dimensions))
    return shown


def statistic(metric, name, period, start, end, now):
    """A statistic over each period for which points are still kept as fine as that."""
    kept = max((age for finest, age in KEPT.items() if period % finest == 0), default=0)
    holes = metric.get("holes", [])
    points = {}
    for slot in range(max(start, now - kept), end, period):
        minutes = [m for m in range(slot, slot + period, MINUTE) if not any(a <= m < b for a, b in holes)]
        if minutes:
            points[slot] = of(name, sorted(raw(metric, minute) for minute in minutes))
    return points


def of(name, values):
    if name == "Average":
        return sum(values) / len(values)
    if name == "Sum":
        return sum(values)
    if name == "SampleCount":
        return len(values)
    if name in ("Minimum", "Maximum"):
        return values[0 if name == "Minimum" else -1]
    percentile = re.fullmatch(r"p(\d+(?:\.\d+)?)", name)
    if percentile:
        # The nearest rank: the smallest value that so many percent do not pass.
        return values[max(math.ceil(float(percentile[1]) / 100 * len(values)), 1) - 1]
    raise rpc.Refusal("ValidationError", f"{name} is no statistic")


def searched(search, query, metrics, start, end, now):
    """The metrics whose dimensions are exactly those that the search names."""
    namespace, *names = search[1].split(",")
    period = int(search[4])
    for metric in metrics:
        if (metric["namespace"], metric["metric"], set(metric["dimensions"])) != (namespace, search[2], set(names)):
            continue
        label = " ".join([*metric["dimensions"].values(), metric["metric"]])
        if "Label" in query:
            label = PROPERTY.sub(lambda part: metric["dimensions"].get(part[1], ""), query["Label"])
        yield metric, label, statistic(metric, search[3], period, start, end, now)


def calculated(expression, known):
    """Sums, differences, products and quotients of metrics, numbers and PERIOD(…); a hole stays one."""
    try:
        tree = ast.parse(expression, mode="eval").body
    except SyntaxError:
        raise rpc.Refusal("ValidationError", f"{expression} cannot be read") from None
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)} - {"PERIOD"}
    if not names or not names <= set(known):
        raise rpc.Refusal("ValidationError", f"{expression} speaks of no metric of the call")
    times = set.intersection(*(set(known[name][0]) for name in names))
    dimensions = {k: v for name in names for k, v in known[name][2].items()}
    return {time: value(tree, known, time) for time in times}, dimensions


def value(node, known, time):
    if isinstance(node, ast.Constant):
        return node.value
    if isinstance(node, ast.Name):
        return known[node.id][0][time]
    if isinstance(node, ast.Call) and node.func.id == "PERIOD":
        return known[node.args[0].id][1]
    if isinstance(node, ast.BinOp):
        left, right = value(node.left, known, time), value(node.right, known, time)
        if isinstance(node.op, ast.Add):
            return left + right
        if isinstance(node.op, ast.Sub):
            return left - right
        if isinstance(node.op, ast.Mult):
            return left * right
        if isinstance(node.op, ast.Div):
            return left / right
    raise rpc.Refusal("ValidationError", "only sums, differences, products and quotients are doubled")
