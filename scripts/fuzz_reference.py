"""Parses texts as the AWS CLI does: one JSON string a line, answered by a line of JSON.

The sections with their keys, nested blocks as objects; or null where the text is refused. A line that begins with W is
a text to split into words.
"""
import configparser
import io
import json
import shlex
import sys


def nested(value):
    block = {}
    for line in value.splitlines():
        line = line.strip()
        if not line:
            continue
        key, separator, inner = line.partition("=")
        if not separator:
            raise ValueError(line)
        block[key.strip()] = inner.strip()
    return block


def parse(text):
    parser = configparser.RawConfigParser(default_section="DEFAULT")
    # As a file that is opened in text mode gives its lines: a line ends with CR, LF or both, and with nothing else.
    parser.read_file(io.StringIO(text.replace("\r\n", "\n").replace("\r", "\n"), newline="\n"))
    return {
        section: {
            key: nested(value) if value.startswith("\n") else value for key, value in parser.items(section)
        }
        for section in parser.sections()
    }


for line in sys.stdin:
    words, text = line[0] == "W", json.loads(line[1:])
    try:
        answer = shlex.split(text) if words else parse(text)
    except (configparser.Error, ValueError):
        answer = None
    print(json.dumps(answer), flush=True)
