"""Resolves credentials with botocore, as the AWS CLI v2 sets it up, for one situation a line.

Reads JSON lines {"environment": {...}, "profile": name or null, "region": name or null}, answers JSON lines {"accessKeyId": ...} or
{"error": ...}.
"""
import json
import os
import sys

import botocore.session

# The AWS CLI reads these the other way round than botocore alone.
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
            answer = {"error": "no credentials"}
        else:
            answer = {"accessKeyId": credentials.get_frozen_credentials().access_key}
    except Exception as error:  # Whatever it raises counts as a failure.
        answer = {"error": f"{type(error).__name__}: {error}"}
    print(json.dumps(answer), flush=True)
