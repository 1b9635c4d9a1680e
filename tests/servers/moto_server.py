"""moto with the protocol that the AWS SDK for Rust speaks to CloudWatch: moto_server.py PORT

The SDK sends Smithy RPC v2 CBOR only (https://smithy.io/2.0/additional-specs/protocols/smithy-rpc-v2.html);
moto 5 answers CloudWatch in the older AWS JSON 1.0. What comes in CBOR is handed on in JSON, and its answer back
in CBOR with the types of botocore's model. All else (S3, JSON, queries) passes unchanged.
"""

import datetime
import gzip
import io
import json
import re
import sys

import botocore.session
import cbor2
from moto.server import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import run_simple

OPERATION = re.compile(r"^/service/(?P<service>\w+)/operation/(?P<operation>\w+)$")
EPOCH = 1  # CBOR's tag of times in seconds since 1970-01-01


def to_json(value):
    """What cbor2 decodes, as JSON can hold it."""
    if isinstance(value, datetime.datetime):
        return value.timestamp()
    if isinstance(value, dict):
        return {key: to_json(item) for key, item in value.items()}
    if isinstance(value, list):
        return [to_json(item) for item in value]
    return value


def seconds(value):
    if isinstance(value, str):
        return datetime.datetime.fromisoformat(value.replace("Z", "+00:00")).timestamp()
    return float(value)


def to_cbor(value, shape):
    """JSON with the types that the model gives."""
    kind = shape.type_name
    if kind == "structure":
        members = shape.members.items()
        return {name: to_cbor(value[name], member) for name, member in members if value.get(name) is not None}
    if kind == "list":
        return [to_cbor(item, shape.member) for item in value]
    if kind == "map":
        return {key: to_cbor(item, shape.value) for key, item in value.items()}
    if kind == "timestamp":
        return cbor2.CBORTag(EPOCH, seconds(value))
    if kind in ("double", "float"):
        return float(value)
    return value


class CborFront:
    """A WSGI application in front of moto's."""

    def __init__(self, moto):
        self.moto = moto
        self.model = botocore.session.get_session().get_service_model("cloudwatch")

    def __call__(self, environ, start_response):
        called = OPERATION.match(environ["PATH_INFO"])
        if called is None:
            return self.moto(environ, start_response)
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        if environ.pop("HTTP_CONTENT_ENCODING", "") == "gzip":
            body = gzip.decompress(body)
        asked = json.dumps(to_json(cbor2.loads(body)) if body else {}).encode()
        environ.update(
            {
                "PATH_INFO": "/",
                "CONTENT_TYPE": "application/x-amz-json-1.0",
                "HTTP_X_AMZ_TARGET": f"{called['service']}.{called['operation']}",
                "CONTENT_LENGTH": str(len(asked)),
                "wsgi.input": io.BytesIO(asked),
            }
        )
        for header in ("HTTP_ACCEPT", "HTTP_SMITHY_PROTOCOL"):
            environ.pop(header, None)

        status = []
        answer = b"".join(self.moto(environ, lambda line, headers, error=None: status.append(line)))
        body = cbor2.dumps(self.translated(status[0], answer, called["operation"]))
        headers = [("Content-Type", "application/cbor"), ("smithy-protocol", "rpc-v2-cbor")]
        start_response(status[0], headers + [("Content-Length", str(len(body)))])
        return [body]

    def translated(self, status, answer, operation):
        try:
            answer = json.loads(answer or b"{}")
        except ValueError:
            return {"__type": "InternalServiceFault", "message": answer.decode("utf-8", "replace")}
        shape = self.model.operation_model(operation).output_shape
        return to_cbor(answer, shape) if status.startswith("2") and shape is not None else answer


application = CborFront(DomainDispatcherApplication(create_backend_app))
run_simple("127.0.0.1", int(sys.argv[1]), application, threaded=True)
