"""Parses texts as the AWS CLI does: reads one text per line, and prints the result of each as a line of JSON.

A line is a letter and a JSON string. I is an INI file: the result is an object of sections, with nested blocks as
objects. W is a command line: the result is a list of its arguments. The result is null if the text is invalid.
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
    # The universal newlines of a file in text mode: a line ends with CR, LF or both, but with no other character.
    parser.read_file(io.StringIO(text.replace("\r\n", "\n").replace("\r", "\n"), newline="\n"))
    return {
        section: {
            key: nested(value) if value.startswith("\n") else value for key, value in parser.items(section)
        }
        for section in parser.sections()
    }


for line in sys.stdin:
    is_command_line, text = line[0] == "W", json.loads(line[1:])
    try:
        result = shlex.split(text) if is_command_line else parse(text)
    except (configparser.Error, ValueError):
        result = None
    print(json.dumps(result), flush=True)
