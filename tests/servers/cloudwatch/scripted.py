"""CloudWatch's hard parts, as a test asks for them: scripted.py PORT

A double of ListMetrics and GetMetricData that checks every call against the service's model and limits, keeps points
for as long as CloudWatch does, and then misbehaves by script: pages that split one Id, PartialData, InternalError,
Forbidden, throttling, tokens that have gone stale, a wrong clock.

`PUT /script` takes the script as JSON:
  now               the time that retention counts from, seconds since 1970-01-01 UTC; default: the machine's
  metrics           [{namespace, metric, dimensions, seed, holes: [[from, to], ...]}, ...]; see `raw` for the values
  page_points       points on a page of GetMetricData; default 100,800
  page_metrics      metrics on a page of ListMetrics; default 500
  statuses          {a dimension's value: [StatusCode of the first call that asks for it, of the second, ...]};
                    what comes after is Complete
  faults            [{operation, code, status, times, html}, ...]: answers to the next calls, in order
  stale_tokens      how many tokens are refused first
  messages          [[Code, Value], ...] of every answer
  clock             seconds since 1970-01-01 UTC for the header Date; default: the machine's
`GET /calls` gives every call that has come, with its parameters, as JSON.
"""

import email.utils
import http.server
import json
import sys
import threading
import time

import rpc
import series

PORT = int(sys.argv[1])
LOCK = threading.Lock()


class Double:
    def __init__(self, script):
        self.now = script.get("now", time.time())
        self.metrics = script.get("metrics", [])
        self.page_points = script.get("page_points", series.MOST_POINTS)
        self.page_metrics = script.get("page_metrics", 500)
        self.statuses = {value: list(codes) for value, codes in script.get("statuses", {}).items()}
        self.faults = [dict(fault) for fault in script.get("faults", [])]
        self.stale_tokens = script.get("stale_tokens", 0)
        self.messages = [{"Code": code, "Value": value} for code, value in script.get("messages", [])]
        self.clock = script.get("clock")
        self.pages = {}  # token -> (parameters without it, the answer's pages from there)
        self.calls = []

    def fault(self, operation):
        """The fault that this call is to meet, if any."""
        for fault in self.faults:
            if fault.get("operation", operation) == operation and fault.get("times", 1) > 0:
                fault["times"] = fault.get("times", 1) - 1
                return fault
        return None

    def call(self, operation, parameters):
        self.calls.append({"operation": operation, "parameters": parameters})
        if operation == "ListMetrics":
            return self.list_metrics(parameters)
        if operation == "GetMetricData":
            return self.get_metric_data(parameters)
        raise rpc.Refusal("InvalidAction", f"{operation} is not doubled")

    def list_metrics(self, parameters):
        def wanted(metric):
            dimensions = metric["dimensions"]
            filters = parameters.get("Dimensions", [])
            return (
                parameters.get("Namespace", metric["namespace"]) == metric["namespace"]
                and parameters.get("MetricName", metric["metric"]) == metric["metric"]
                and all(f["Name"] in dimensions and f.get("Value", dimensions[f["Name"]]) == dimensions[f["Name"]] for f in filters)
            )

        found = [metric for metric in self.metrics if wanted(metric)]
        start = int(parameters.get("NextToken", 0))
        end = start + self.page_metrics
        listed = [
            {
                "Namespace": metric["namespace"],
                "MetricName": metric["metric"],
                "Dimensions": [{"Name": name, "Value": value} for name, value in metric["dimensions"].items()],
            }
            for metric in found[start:end]
        ]
        return {"Metrics": listed, "NextToken": str(end) if end < len(found) else None}

    def get_metric_data(self, parameters):
        asked = {name: value for name, value in parameters.items() if name != "NextToken"}
        token = parameters.get("NextToken")
        if token is None:
            pages = self.paged(series.results(asked, self.metrics, self.now, self.status))
        else:
            asked_first, pages = self.pages.get(token, (None, None))
            if self.stale_tokens > 0 or asked_first != asked:
                self.stale_tokens -= 1
                raise rpc.Refusal("InvalidNextToken", "the token has expired, or is another question's")
        page, rest = pages[0], pages[1:]
        following = None
        if rest:
            following = f"token-{len(self.pages) + 1}"
            self.pages[following] = (asked, rest)
        return {"MetricDataResults": page, "NextToken": following, "Messages": self.messages}

    def status(self, dimensions):
        """The next StatusCode for a metric with these dimensions."""
        for value in dimensions.values():
            if self.statuses.get(value):
                return self.statuses[value].pop(0)
        return "Complete"

    def paged(self, results):
        """Pages of so many points. A result that goes on, on the next page, is PartialData here."""
        pages, room = [[]], self.page_points
        for result in results:
            points, status = result.pop("points"), result.pop("status")
            while True:
                if room == 0:
                    pages.append([])
                    room = self.page_points
                taken, points = points[:room], points[room:]
                room -= len(taken)
                pages[-1].append(
                    result
                    | {
                        "Timestamps": [time for time, _ in taken],
                        "Values": [value for _, value in taken],
                        "StatusCode": "PartialData" if points else status,
                    }
                )
                if not points:
                    break
        return pages


DOUBLE = Double({})


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def date_time_string(self, timestamp=None):
        return email.utils.formatdate(DOUBLE.clock if DOUBLE.clock is not None else time.time(), usegmt=True)

    def reply(self, status, kind, body):
        self.send_response(status)
        if kind == "application/cbor":
            self.send_header("smithy-protocol", "rpc-v2-cbor")
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_PUT(self):
        global DOUBLE
        with LOCK:
            DOUBLE = Double(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.reply(200, "application/json", b"{}")

    def do_GET(self):
        with LOCK:
            body = json.dumps(DOUBLE.calls, default=rpc.seconds).encode()
        self.reply(200, "application/json", body)

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        operation = rpc.called(self.path)
        with LOCK:
            fault = DOUBLE.fault(operation)
            if fault and "html" in fault:
                return self.reply(fault["status"], "text/html", fault["html"].encode())
            try:
                if operation is None:
                    raise rpc.Refusal("UnknownOperationException", self.path, 404)
                if fault:
                    raise rpc.Refusal(fault["code"], fault.get("message", "by script"), fault.get("status", 400))
                parameters = rpc.request(operation, body, self.headers.get("Content-Encoding"))
                answer = rpc.answer(operation, DOUBLE.call(operation, parameters))
            except rpc.Refusal as refusal:
                return self.reply(refusal.status, "application/cbor", refusal.body())
        return self.reply(200, "application/cbor", answer)


if __name__ == "__main__":
    server = http.server.ThreadingHTTPServer(("127.0.0.1", PORT), Handler)
    print(f"Running on http://127.0.0.1:{PORT}", flush=True)
    server.serve_forever()
