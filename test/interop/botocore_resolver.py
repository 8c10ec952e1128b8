"""Resolves credentials with botocore, configured as in the AWS CLI v2.

Reads one situation per line of JSON, {"environment": {...}, "profile": name or null, "region": name or null}, and prints
a line of JSON for each, {"accessKeyId": ...} or {"error": ...}.
"""
import json
import os
import sys

import botocore.session

# The AWS CLI reads these variables in the opposite order of botocore.
SESSION_VARIABLES = {
    "profile": (None, ["AWS_PROFILE", "AWS_DEFAULT_PROFILE"], None, None),
    "region": ("region", ["AWS_REGION", "AWS_DEFAULT_REGION"], None, None),
}

for line in sys.stdin:
    situation = json.loads(line)
    os.environ.clear()
    os.environ.update(situation["environment"])
    try:
        session = botocore.session.Session(session_vars=SESSION_VARIABLES, profile=situation["profile"])
        if situation["region"] is not None:  # As the AWS CLI does for --region.
            session.set_config_variable("region", situation["region"])
        credentials = session.get_credentials()
        if credentials is None:
            result = {"error": "no credentials"}
        else:
            result = {"accessKeyId": credentials.get_frozen_credentials().access_key}
    except Exception as error:  # Every exception is a result.
        result = {"error": f"{type(error).__name__}: {error}"}
    print(json.dumps(result), flush=True)
