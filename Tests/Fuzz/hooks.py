"""What schemathesis is told beyond the OpenAPI documents: ids of things that there are.

Of random ids there is nothing, and every answer would be 404. FUZZ_VALUES names things that there are, by the path's
parameter; two of three cases are about one of them, and as many changes name a revision that holds.
"""

import json
import os
import zlib

import schemathesis

VALUES = json.loads(os.environ["FUZZ_VALUES"])


def chosen(value, among):
    """One of them, or the value itself; the same one for the same value, so that a seed tells all."""
    number = zlib.crc32(json.dumps(value, default=str).encode())
    return value if number % 3 == 0 else among[number // 3 % len(among)]


@schemathesis.hook
def map_path_parameters(context, path_parameters):
    for name, value in (path_parameters or {}).items():
        if name in VALUES:
            path_parameters[name] = chosen(value, VALUES[name])
    return path_parameters


@schemathesis.hook
def map_headers(context, headers):
    if headers and "If-Match" in headers:
        headers["If-Match"] = chosen(headers["If-Match"], ["*"])
    return headers
