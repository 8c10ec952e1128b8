"""Runs the AWS CLI v2 with an endpoint for the sign-in services that its version cannot configure itself.

    aws_v2.py ENDPOINT ARG...
"""
import sys

import awscli  # It puts its own botocore first.
from botocore.session import Session
from awscli.clidriver import main

ENDPOINT, ARGUMENTS = sys.argv[1], sys.argv[2:]
create_client = Session.create_client


def create_client_at_endpoint(self, service_name, *args, **kwargs):
    if service_name in ("sso", "sso-oidc"):
        kwargs["endpoint_url"] = ENDPOINT
    return create_client(self, service_name, *args, **kwargs)


Session.create_client = create_client_at_endpoint
sys.argv = ["aws", *ARGUMENTS]
sys.exit(main())
