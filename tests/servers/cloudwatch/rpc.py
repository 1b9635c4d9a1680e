"""Smithy RPC v2 CBOR, as the AWS SDKs speak it to CloudWatch, by botocore's model of the service.

https://smithy.io/2.0/additional-specs/protocols/smithy-rpc-v2.html
"""

import datetime
import gzip
import re

import botocore.session
import cbor2
from botocore.validate import ParamValidator

OPERATION = re.compile(r"^/service/GraniteServiceVersion20100801/operation/(\w+)$")
EPOCH = 1  # CBOR's tag of times in seconds since 1970-01-01
MODEL = botocore.session.get_session().get_service_model("cloudwatch")


class Refusal(Exception):
    """An error answer: its code, sentence and HTTP status."""

    def __init__(self, code, message, status=400):
        super().__init__(message)
        self.code, self.message, self.status = code, message, status

    def body(self):
        return cbor2.dumps({"__type": f"com.amazonaws.cloudwatch#{self.code}", "message": self.message})


def called(path):
    """The operation that a path calls, or None."""
    match = OPERATION.match(path)
    return match and match[1]


def request(operation, body, encoding):
    """A call's parameters, as far as the model allows them."""
    if encoding == "gzip":
        body = gzip.decompress(body)
    parameters = cbor2.loads(body) if body else {}
    shape = MODEL.operation_model(operation).input_shape
    problems = list(unknown(parameters, shape, operation))
    report = ParamValidator().validate(parameters, shape)
    if report.has_errors():
        problems.append(report.generate_report())
    if problems:
        raise Refusal("ValidationError", "; ".join(problems))
    return parameters


def unknown(value, shape, place):
    """Members and enumerated values that the model does not have; botocore leaves those to the server."""
    if shape.type_name == "structure":
        for name, item in value.items():
            if name not in shape.members:
                yield f"{place}: has no {name}"
                continue
            yield from unknown(item, shape.members[name], f"{place}.{name}")
    elif shape.type_name == "list":
        for item in value:
            yield from unknown(item, shape.member, place)
    elif shape.type_name == "string" and shape.enum and value not in shape.enum:
        yield f"{place}: {value} is none of {', '.join(shape.enum)}"


def answer(operation, value):
    """An answer's bytes; what the model does not know is an error of the double, not a silent loss."""
    return cbor2.dumps(typed(value, MODEL.operation_model(operation).output_shape))


def typed(value, shape):
    if shape.type_name == "structure":
        strange = set(value) - set(shape.members)
        assert not strange, f"{shape.name} has no {strange}"
        return {name: typed(item, shape.members[name]) for name, item in value.items() if item is not None}
    if shape.type_name == "list":
        return [typed(item, shape.member) for item in value]
    if shape.type_name == "timestamp":
        return cbor2.CBORTag(EPOCH, float(value))
    if shape.type_name in ("double", "float"):
        return float(value)
    if shape.type_name == "string" and shape.enum:
        assert value in shape.enum, f"{shape.name} has no {value}"
    return value


def seconds(moment):
    """Seconds since 1970-01-01 UTC of a time as cbor2 decodes it."""
    return int(moment.timestamp()) if isinstance(moment, datetime.datetime) else int(moment)
