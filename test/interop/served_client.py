"""A boto3 client of a server: calls STS until standard input ends, and prints the outcome as JSON.

With an argument, each call uses a new session: if the credentials of an EC2 metadata service are valid for less than 20
minutes, boto3 assumes an outage and does not refresh them for a while.
"""
import json
import select
import sys

import boto3

keys, calls, failures = set(), 0, []
session = boto3.Session()
print("started", flush=True)
while not select.select([sys.stdin], [], [], 0.1)[0]:
    if len(sys.argv) > 1:
        session = boto3.Session()
    calls += 1
    try:
        frozen = session.get_credentials().get_frozen_credentials()
        keys.add(frozen.access_key)
        arn = session.client("sts", region_name="eu-west-1").get_caller_identity()["Arn"]
        if ":assumed-role/marketingadminrole/" not in arn:
            failures.append(arn)
    except Exception as error:  # Any error is a failed call.
        failures.append(f"{type(error).__name__}: {error}")
print(json.dumps({"calls": calls, "sets": len(keys), "failures": failures[:5]}))
