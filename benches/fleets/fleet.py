"""What the parts share: a fleet's start of a platform file, and a run of Mailtide that sees nothing after a moment."""
import datetime, json, pathlib, subprocess, sys

QUERIES = pathlib.Path(__file__).resolve().parent / "queries"

# Codes of a run that made its report: 3 says that not every source answered, 4 and 5 that findings are urgent.
REPORTED = (0, 3, 4, 5)

PLATFORM = """
[platform]
name = "fleet"
timezone = {timezone}
currency = "EUR"
queries = {queries}

[[source]]
name = "prometheus"
files = [{files}]
"""


def platform(files, timezone="UTC"):
    """The start of a platform file: a fleet that is read from the exports that `files` matches."""
    texts = {"timezone": timezone, "queries": QUERIES, "files": files}
    return PLATFORM.format(**{name: json.dumps(str(text)) for name, text in texts.items()})


def run(mailtide, work, name, text, end):
    """The directory of the report of a run at `end` (seconds since 1970-01-01 UTC) with the platform file `text`."""
    work.mkdir(parents=True, exist_ok=True)
    platform = work / f"{name}.toml"
    platform.write_text(text)
    moment = datetime.datetime.fromtimestamp(end, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    out = work / name
    command = [mailtide, "run", "--platform", platform, "--archive", work / f"{name}-archive", "--out", out, "--as-of", moment]
    ran = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    if ran.returncode not in REPORTED:
        sys.exit(f"{mailtide} ended with {ran.returncode} at {moment}:\n{ran.stderr}")
    return out / "latest"


def findings(path, kind):
    """The findings of a kind in a findings.json."""
    return [finding for finding in json.loads(path.read_text())["findings"] if finding["kind"] == kind]
