"""Asks Polars, whose object_store reads the token from a file, for a file in S3 at the address in the first argument."""

import sys

import polars

options = {"aws_endpoint_url": sys.argv[1], "aws_allow_http": "true", "aws_region": "eu-west-1", "max_retries": 0}
# Without a credential provider Polars leaves the search for credentials to object_store.
polars.scan_csv("s3://bucket/file.csv", storage_options=options, credential_provider=None).collect()
