"""A boto3 client of a server: calls STS until standard input ends.

Prints a line for each new set of credentials, and the outcome as JSON.
With an argument, each call uses a new session: if the credentials of an EC2 metadata service are valid for less than 20
minutes, boto3 assumes an outage and does not refresh them for a while.
"""
import json
import select
import sys

import boto3
from botocore.utils import ContainerMetadataFetcher

# The default of two seconds may not be enough on a busy machine.
ContainerMetadataFetcher.TIMEOUT_SECONDS = 60

keys, calls, failures = set(), 0, []
session = boto3.Session()
while not select.select([sys.stdin], [], [], 0.1)[0]:
    if len(sys.argv) > 1:
        session = boto3.Session()
    calls += 1
    try:
        frozen = session.get_credentials().get_frozen_credentials()
        if frozen.access_key not in keys:
            keys.add(frozen.access_key)
            print(f"set {len(keys)}", flush=True)
        arn = session.client("sts", region_name="eu-west-1").get_caller_identity()["Arn"]
        if ":assumed-role/marketingadminrole/" not in arn:
            failures.append(arn)
    except Exception as error:  # Any error is a failed call.
        failures.append(f"{type(error).__name__}: {error}")
print(json.dumps({"calls": calls, "sets": len(keys), "failures": failures[:5]}))
