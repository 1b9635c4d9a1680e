"""Plays what `mailtide schedule` wrote by the rules of the tools that take it: schedule_check.py DIRECTORY PLAN

PLAN is `mailtide schedule --format json`; DIRECTORY has one pool's files in all formats. What each tool would run is
held against the plan, over weeks with and without clock changes. The scheduled actions go through moto's Auto
Scaling, whose answer is left in DIRECTORY/describe.json.

What runs here: botocore's model and moto (EC2), kubernetes-validate (the published schemas), croniter (cron, and the
recurrences of EC2, CronJobs and KEDA), icalendar and recurring-ical-events. Rules of our own, from the documentation:
the arguments of Terraform's resource, KEDA's ScaledObject and its cron scaler, py-kube-downscaler's times, the periods
of AWS Instance Scheduler.
"""

import datetime as dt
import json
import os
import re
import subprocess
import sys
import zoneinfo

import boto3
import icalendar
import jsonschema
import kubernetes_validate
import recurring_ical_events
from croniter import croniter
from moto import mock_aws

DIRECTORY, PLAN = sys.argv[1:3]
REGION = "eu-central-1"
KUBERNETES = "1.34"
DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
WEEK = 7 * 1440

with open(PLAN, encoding="utf-8") as file:
    (plan,) = json.load(file)["schedules"]
zone = zoneinfo.ZoneInfo(plan["timezone"])
now = plan["servers_now"]
as_of = dt.datetime.fromisoformat(plan["as_of"])
ends = dt.datetime.fromisoformat(plan["expires"]) if plan["expires"] else None


def path(suffix):
    (found,) = [name for name in os.listdir(DIRECTORY) if name.endswith(suffix)]
    return os.path.join(DIRECTORY, found)


def document(suffix):
    with open(path(suffix), encoding="utf-8") as file:
        return json.load(file)


def clock(text):
    hour, minute = text.split(":")
    return int(hour) * 60 + int(minute)


def week_of_plan():
    minutes = [now] * WEEK
    for window in plan["windows"]:
        for day in window["days"]:
            start = day * 1440 + clock(window["from"])
            for minute in range(start, start + round(window["hours"] * 60)):
                minutes[minute % WEEK] = window["servers"]
    return minutes


WEEK_OF_PLAN = week_of_plan()


def planned_week(moment):
    """As planned, had every date the windows of its weekday."""
    if ends and moment >= ends:
        return now
    local = moment.astimezone(zone)
    return WEEK_OF_PLAN[local.weekday() * 1440 + local.hour * 60 + local.minute]


DATES = [
    (dt.datetime.fromisoformat(date["from"]), dt.datetime.fromisoformat(date["to"]), date["servers"])
    for date in plan["dates"]
]


def planned(moment):
    local = moment.astimezone(zone).replace(tzinfo=None)
    own = [servers for first, last, servers in DATES if first <= local < last]
    return own[0] if own and not (ends and moment >= ends) else planned_week(moment)


def planned_more(moment):
    return max(planned_week(moment), planned(moment))


def utc(*date):
    return dt.datetime(*date, tzinfo=dt.timezone.utc)


def moments():
    """Twice an hour over the first fortnight, and over weeks in which the clocks change, but for the hour before the change
    and the one after it: what a tool does with a time that is left out or comes twice is its own."""
    for begin in (as_of, utc(2027, 3, 22), utc(2027, 10, 25)):
        moment = begin.astimezone(dt.timezone.utc).replace(minute=7, second=0)
        for _ in range(48 * ((32 if DATES else 14) if begin == as_of else 8)):
            moment += dt.timedelta(minutes=30)
            near = dt.timedelta(hours=1)
            if (moment - near).astimezone(zone).utcoffset() == (moment + near).astimezone(zone).utcoffset():
                yield moment


MOMENTS = list(moments())


# What runs in these is played, up to the end and past it: the first fortnight, and the weeks of the clock changes.
FORTNIGHT = as_of + dt.timedelta(days=33 if DATES else 15)
SPANS = [
    (as_of, max(FORTNIGHT, ends + dt.timedelta(days=8)) if ends else FORTNIGHT),
    (utc(2027, 3, 15), utc(2027, 3, 31)),
    (utc(2027, 10, 18), utc(2027, 11, 3)),
]


def check(name, running, expected=planned):
    for moment in MOMENTS:
        if running(moment) != expected(moment):
            local = moment.astimezone(zone)
            sys.exit(f"{name}: {running(moment)} servers at {local:%a %F %T}, planned are {expected(moment)}")
    print(f"{name}: as planned at {len(MOMENTS)} moments")


def last_of(steps):
    """Who runs what changes the number of servers: (recurrence, zone, servers, end, start, left out) each. What has no
    recurrence happens once at its start; what has both happens at its start too, as EC2 does it."""
    events = []
    for recurrence, of, servers, end, start, left_out in steps:
        if start:
            events.append((start.timestamp(), servers))
        for first, last in SPANS if recurrence else []:
            times = croniter(recurrence, (first - dt.timedelta(days=8)).astimezone(zoneinfo.ZoneInfo(of)))
            while (time := times.get_next(dt.datetime)) < last:
                if (end is None or time < end) and (start is None or time > start) and time.date() not in left_out:
                    events.append((time.timestamp(), servers))
    events.sort()
    if len({time for time, _ in events}) != len(set(events)):
        sys.exit("two changes at the same time")
    starts = [time for time, _ in events]

    def running(moment):
        at = max((i for i, time in enumerate(starts) if time <= moment.timestamp()), default=None)
        return now if at is None else events[at][1]

    return running


def ec2():
    request = document(".ec2.json")
    group = request["AutoScalingGroupName"]
    with mock_aws():
        client = boto3.client("autoscaling", REGION, aws_access_key_id="key", aws_secret_access_key="secret")
        client.create_launch_configuration(LaunchConfigurationName="l", ImageId="ami-1", InstanceType="t3.micro")
        client.create_auto_scaling_group(
            AutoScalingGroupName=group, LaunchConfigurationName="l", MinSize=1, MaxSize=100, DesiredCapacity=now,
            AvailabilityZones=[REGION + "a"])
        # The CLI hands its input to botocore as it is, and botocore checks it against the service's model.
        answer = client.batch_put_scheduled_update_group_action(**request)
        assert answer["FailedScheduledUpdateGroupActions"] == [], answer
        answer = client.describe_scheduled_actions(AutoScalingGroupName=group)
    actions = answer["ScheduledUpdateGroupActions"]
    assert len(actions) == len(request["ScheduledUpdateGroupActions"]) <= 50
    assert len({action["ScheduledActionName"] for action in actions}) == len(actions)
    with open(os.path.join(DIRECTORY, "describe.json"), "w", encoding="utf-8") as file:
        json.dump({"ScheduledUpdateGroupActions": actions}, file, default=lambda time: time.isoformat())
    assert all(a.get("StartTime", as_of) >= as_of for a in actions)
    check("ec2", last_of([
        (a.get("Recurrence"), a["TimeZone"], a["DesiredCapacity"], a.get("EndTime"), a.get("StartTime"), [])
        for a in actions]))
    assert all(a["MinSize"] == a["DesiredCapacity"] <= a.get("MaxSize", now) for a in actions)


# https://github.com/hashicorp/terraform-provider-aws/blob/main/website/docs/r/autoscaling_schedule.html.markdown
TERRAFORM = {
    "type": "object",
    "additionalProperties": False,
    "required": ["autoscaling_group_name", "scheduled_action_name"],
    "properties": {
        "region": {"type": "string"},
        "autoscaling_group_name": {"type": "string", "minLength": 1, "maxLength": 255},
        "scheduled_action_name": {"type": "string", "minLength": 1, "maxLength": 255},
        "desired_capacity": {"type": "integer", "minimum": -1},
        "min_size": {"type": "integer", "minimum": -1},
        "max_size": {"type": "integer", "minimum": -1},
        "recurrence": {"type": "string", "pattern": r"^\S+ \S+ \S+ \S+ \S+$"},
        "start_time": {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$"},
        "end_time": {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$"},
        "time_zone": {"type": "string"},
    },
}


def terraform():
    root = document(".tf.json")
    assert set(root) == {"//", "resource"}, root
    resources = root["resource"]["aws_autoscaling_schedule"]
    steps = []
    for name, resource in resources.items():
        assert re.fullmatch(r"[A-Za-z_][A-Za-z0-9_-]*", name), name
        jsonschema.validate(resource, TERRAFORM)
        start, end = (dt.datetime.fromisoformat(resource[k]) if k in resource else None for k in ("start_time", "end_time"))
        assert start or "recurrence" in resource, name
        steps.append((resource.get("recurrence"), resource["time_zone"], resource["desired_capacity"], end, start, []))
    check("terraform", last_of(steps))


def objects(suffix):
    root = document(suffix)
    for item in root["items"] if root["kind"] == "List" else [root]:
        if item["apiVersion"].startswith("keda.sh/"):
            yield item
            continue
        kubernetes_validate.validate(item, KUBERNETES, strict=True)
        yield item


def cronjob():
    steps, end = [], None
    for item in objects(".cronjob.json"):
        assert item["metadata"]["annotations"]["mailtide/as-of"] == as_of.astimezone(zone).date().isoformat()
        if item["kind"] != "CronJob":
            continue
        assert len(item["metadata"]["name"]) <= 52
        spec = item["spec"]
        (container,) = spec["jobTemplate"]["spec"]["template"]["spec"]["containers"]
        arguments = container["args"]
        if arguments[0] == "delete":
            end = next_time(spec["schedule"], spec["timeZone"])
            continue
        (replicas,) = [a.removeprefix("--replicas=") for a in arguments if a.startswith("--replicas=")]
        steps.append((spec["schedule"], spec["timeZone"], int(replicas)))
    assert end == ends, (end, ends)
    check("cronjob", last_of([(*step, end, None, []) for step in steps]), planned_week)


def next_time(recurrence, of):
    return croniter(recurrence, as_of.astimezone(zoneinfo.ZoneInfo(of))).get_next(dt.datetime)


# https://keda.sh/docs/2.18/reference/scaledobject-spec/ and https://keda.sh/docs/2.18/scalers/cron/
KEDA = {
    "type": "object",
    "required": ["apiVersion", "kind", "metadata", "spec"],
    "properties": {
        "apiVersion": {"const": "keda.sh/v1alpha1"},
        "kind": {"const": "ScaledObject"},
        "spec": {
            "type": "object",
            "required": ["scaleTargetRef", "triggers"],
            "additionalProperties": False,
            "properties": {
                "scaleTargetRef": {
                    "type": "object", "required": ["name"], "additionalProperties": False,
                    "properties": {"apiVersion": {"type": "string"}, "kind": {"type": "string"}, "name": {"type": "string"}},
                },
                "minReplicaCount": {"type": "integer", "minimum": 1},
                "maxReplicaCount": {"type": "integer", "minimum": 1},
                "cooldownPeriod": {"type": "integer"},
                "triggers": {
                    "type": "array", "minItems": 1,
                    "items": {
                        "type": "object", "required": ["type", "metadata"], "additionalProperties": False,
                        "properties": {
                            "type": {"const": "cron"},
                            "metadata": {
                                "type": "object", "additionalProperties": False,
                                "required": ["timezone", "start", "end", "desiredReplicas"],
                                "properties": {key: {"type": "string"} for key in ("timezone", "start", "end", "desiredReplicas")},
                            },
                        },
                    },
                },
            },
        },
    },
}


def keda():
    (scaled,) = [item for item in objects(".keda.json") if item["kind"] == "ScaledObject"]
    jobs = [item for item in objects(".keda.json") if item["kind"] == "CronJob"]
    jsonschema.validate(scaled, KEDA)
    end = next_time(jobs[0]["spec"]["schedule"], jobs[0]["spec"]["timeZone"]) if jobs else None
    assert end == ends, (end, ends)
    triggers = [trigger["metadata"] for trigger in scaled["spec"]["triggers"]]
    assert all(trigger["start"] != trigger["end"] for trigger in triggers)

    def active(trigger, moment):
        """As KEDA's cron scaler decides: what ends before it starts again has begun."""
        local = moment.astimezone(zoneinfo.ZoneInfo(trigger["timezone"]))
        begins, ends_at = (croniter(trigger[key], local).get_next(dt.datetime) for key in ("start", "end"))
        return not begins < ends_at

    def running(moment):
        if end and moment >= end:
            return now
        asked = [int(trigger["desiredReplicas"]) for trigger in triggers if active(trigger, moment)]
        return max([scaled["spec"]["minReplicaCount"], *asked])

    check("keda", running, planned_more)
    more = [planned_more(moment) for moment in MOMENTS]
    assert scaled["spec"]["maxReplicaCount"] == max(more + WEEK_OF_PLAN)


# ABSOLUTE_TIME_SPEC_PATTERN and TIME_SPEC_PATTERN of py-kube-downscaler.
ABSOLUTE = re.compile(r"^{0}-{0}$".format(r"(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}[-+]\d{2}:\d{2})"))
DOWNTIME = re.compile(r"^([a-zA-Z]{3})-([a-zA-Z]{3}) (\d\d):(\d\d)-(\d\d):(\d\d) (?P<tz>[a-zA-Z/_]+)$")


def kube_downscaler():
    items = list(objects(".kube-downscaler.json"))
    annotations = items[0]["metadata"]["annotations"]
    jobs = [item for item in items if item["kind"] == "CronJob"]
    end = next_time(jobs[0]["spec"]["schedule"], jobs[0]["spec"]["timeZone"]) if jobs else None
    assert end == ends, (end, ends)
    down = int(annotations["downscaler/downtime-replicas"])
    specs, once = [], []
    for spec in annotations["downscaler/downtime"].split(","):
        if match := DOWNTIME.match(spec.strip()):
            specs.append(match)
            continue
        match = ABSOLUTE.match(spec.strip())
        assert match, annotations
        once.append(tuple(dt.datetime.fromisoformat(time) for time in match.groups()))

    def running(moment):
        if end and moment >= end:
            return now
        if any(first <= moment <= last for first, last in once):
            return down
        for spec in specs:
            local = moment.astimezone(zoneinfo.ZoneInfo(spec["tz"]))
            first, last = (DAYS.index(spec[i].lower()) for i in (1, 2))
            day = local.weekday()
            fits = first <= day <= last if first <= last else day >= first or day <= last
            begin, until = int(spec[3]) * 60 + int(spec[4]), int(spec[5]) * 60 + int(spec[6])
            if fits and begin <= local.hour * 60 + local.minute < until:
                return down
        return now

    # One number for all windows: the most that any has.
    week = lambda moment: now if planned_week(moment) == now else down
    check("kube-downscaler", running, lambda moment: down if planned(moment) <= down else week(moment))
    assert down == max(servers for servers in WEEK_OF_PLAN if servers < now)


def cron():
    steps, of = [], None
    with open(path(".crontab"), encoding="utf-8") as file:
        for line in file.read().splitlines():
            if line.startswith("CRON_TZ="):
                of = line.removeprefix("CRON_TZ=")
            elif not line.startswith("#"):
                fields = line.split(" ", 5)
                command = fields[5].replace(r"\%", "%")
                guard = re.match(r'\[ "\$\(date \+%s\)" -lt (\d+) \] \|\| exit 0; ', command)
                end = dt.datetime.fromtimestamp(int(guard[1]), dt.timezone.utc) if guard else None
                once = re.match(r'\[ "\$\(TZ=(\S+) date \+%F\)" = (\S+) \] \|\| exit 0; ', command)
                assert end == (None if once else ends), (end, ends)
                left_out = re.search(r'case "\$\(TZ=(\S+) date \+%F\)" in (\S+)\) exit 0;; esac; ', command)
                assert all(guard[1] == of for guard in (once, left_out) if guard), command
                dates = [dt.date.fromisoformat(date) for date in left_out[2].split("|")] if left_out else []
                when, servers = " ".join(fields[:5]), int(command.split()[-1])
                if once:
                    begin = dt.datetime.fromisoformat(once[2]).replace(tzinfo=zoneinfo.ZoneInfo(of))
                    time = croniter(when, begin - dt.timedelta(minutes=1)).get_next(dt.datetime)
                    assert time.date() == begin.date(), line
                    steps.append((None, of, servers, None, time, []))
                else:
                    steps.append((when, of, servers, end, None, dates))
                # What the shell makes of it, with a command that says that it ran.
                words = command.replace("/usr/local/bin/resize", "echo ran")
                ran = subprocess.run(["sh", "-c", words], capture_output=True, text=True, check=False)
                today = dt.datetime.now(zoneinfo.ZoneInfo(of)).date()
                over = bool(end and dt.datetime.now(dt.timezone.utc) >= end)
                due = not over and today not in dates and (not once or once[2] == today.isoformat())
                assert ran.returncode == 0 and ("ran" in ran.stdout) == due, (ran, command)
    check("cron", last_of(steps))


def instance_scheduler():
    if ends:
        assert not any(name.endswith(".instance-scheduler.json") for name in os.listdir(DIRECTORY))
        return
    template = document(".instance-scheduler.json")
    own = template["Metadata"]["mailtide"]
    tiers = {tier["schedule"]: tier["servers"] for tier in own["tiers"]}

    def days(texts):
        for part in ",".join(texts).split(","):
            first, _, last = part.partition("-")
            first, last = DAYS.index(first), DAYS.index(last or first)
            yield from ((first + i) % 7 for i in range((last - first) % 7 + 1))

    def running(moment):
        servers = own["fewest"]
        for resource in template["Resources"].values():
            properties = resource["Properties"]
            local = moment.astimezone(zoneinfo.ZoneInfo(properties["Timezone"]))
            minute = local.hour * 60 + local.minute
            for period in properties["Periods"]:
                begin, until = clock(period["BeginTime"]), clock(period["EndTime"])
                assert begin < until, period
                # A period that ends at 23:59 goes on where one begins at 00:00.
                until = 1440 if until == 1439 else until
                named = "WeekDays" in period
                assert named != ("MonthDays" in period and "Months" in period), period
                fits = local.weekday() in days(period["WeekDays"]) if named else (
                    [str(local.day)] == period["MonthDays"] and [str(local.month)] == period["Months"])
                if fits and begin <= minute < until:
                    servers += tiers[properties["Name"]]
                    break
        return servers

    levels = sorted(set(WEEK_OF_PLAN))
    level = lambda servers: next((own for own in levels if own >= servers), levels[-1])
    check("instance-scheduler", running, lambda moment: max(planned_week(moment), level(planned(moment))))


def ical():
    with open(path(".ics"), "rb") as file:
        content = file.read()
    assert all(len(line) <= 75 for line in content.split(b"\r\n"))
    calendar = icalendar.Calendar.from_ical(content)
    (of,) = [part for part in calendar.walk("VTIMEZONE")]
    assert str(of["TZID"]) == plan["timezone"]
    # The zone as it stands in the calendar has the offsets of the real one.
    in_calendar = of.to_tz(lookup_tzid=False)
    for moment in MOMENTS:
        local = moment.astimezone(zone).replace(tzinfo=None)
        assert in_calendar.utcoffset(local) == moment.astimezone(zone).utcoffset(), local
    spans = []
    for first, last in SPANS:
        for event in recurring_ical_events.of(calendar).between(first, last):
            spans.append((event.start, event.end, int(event["X-MAILTIDE-SERVERS"])))

    def running(moment):
        return next((servers for start, end, servers in spans if start <= moment < end), now)

    # A window that is open at the time of a clock change has its length, not its end: it is one hour off that night.
    def fits(moment):
        night = dt.timedelta(hours=30)
        return (moment - night).astimezone(zone).utcoffset() == (moment + night).astimezone(zone).utcoffset()

    check("ical", lambda moment: running(moment) if fits(moment) else planned(moment))


for tool in (ec2, terraform, cronjob, keda, kube_downscaler, cron, instance_scheduler, ical):
    tool()
