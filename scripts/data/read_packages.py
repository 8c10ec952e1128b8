"""Prints as JSON what rolecall needs from the wheels of botocore and awscli. Reads their files without importing them.

Usage: read_packages.py FOLDER. The folder contains one wheel of each package.
"""

import ast
import glob
import gzip
import json
import re
import sys
import zipfile

# The operation of each service that rolecall calls. Its model can fix parameters of the endpoint rules.
OPERATIONS = {"sso": "GetRoleCredentials", "sso-oidc": "CreateToken", "signin": "CreateOAuth2Token", "sts": "AssumeRole"}

# The function that botocore converts a value with, and the kind of value that it makes of it.
KINDS = {"ensure_boolean": "boolean", "normalize_boolean": "boolean", "int": "integer"}


class Wheel:
    def __init__(self, folder, package):
        (path,) = glob.glob(f"{folder}/{package}-*.whl")
        self.zip = zipfile.ZipFile(path)
        self.version = re.search(rf"{package}-([^-/]+)-[^/]*$", path)[1]
        self.names = self.zip.namelist()

    def text(self, name):
        return self.zip.read(name).decode()

    def tree(self, name):
        return ast.parse(self.text(name), name)

    def json(self, name):
        if name in self.names:
            return json.loads(self.zip.read(name))
        return json.loads(gzip.decompress(self.zip.read(f"{name}.gz")))

    def model(self, service, kind):
        """The newest version of a service's file: the folders are named after dates."""
        pattern = re.compile(rf"botocore/data/{service}/([^/]+)/{kind}\.json(\.gz)?$")
        newest = max(name for name in self.names if pattern.match(name))
        return self.json(newest.removesuffix(".gz"))


def last_name(node):
    """`name` of `name`, `a.name`, `name()` and `a.name()`."""
    if isinstance(node, ast.Call):
        return last_name(node.func)
    return getattr(node, "id", None) or getattr(node, "attr", None)


def text_of(node):
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def assigned(tree, name):
    """The literal that a module or class assigns to `name`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and last_name(node.targets[0]) == name:
            return node.value
    raise LookupError(name)


class Keys:
    """The keys of a profile with the kind of their value, and the keys of the blocks among them."""

    def __init__(self):
        self.profile = {}
        self.blocks = {}

    def add(self, key, kind="text"):
        # A kind that one reader knows is kept if another reads the value as text.
        if self.profile.get(key, "text") == "text":
            self.profile[key] = kind

    def add_to_block(self, block, keys):
        self.add(block, "block")
        self.blocks.setdefault(block, set()).update(keys)

    def add_variables(self, variables):
        """Adds a dictionary like botocore's: logical name -> (config name, environment variable, default, conversion)."""
        for value in variables.values:
            config_name, _, default, conversion = value.elts
            kind = kind_of(default, conversion)
            names = config_name.elts if isinstance(config_name, ast.List) else [config_name]
            for name in names:
                if isinstance(name, ast.Tuple):
                    block, key = (text_of(part) for part in name.elts)
                    self.add_to_block(block, [key])
                elif text_of(name) is not None:
                    self.add(text_of(name), kind)

    def add_sections(self, configprovider):
        """Adds the blocks that botocore reads with a SectionConfigProvider(block, session, mapping of variables)."""
        for node in ast.walk(configprovider):
            if not isinstance(node, ast.Call) or last_name(node) != "SectionConfigProvider":
                continue
            block, _, mapping = node.args
            if text_of(block) is not None:
                variables = assigned(configprovider, mapping.args[1].id)
                self.add_to_block(text_of(block), [text_of(key) for key in variables.keys])

    def add_reads(self, tree):
        """Adds the keys that a module reads from the profile: `session.get_scoped_config().get("key", default)`."""
        for scope in ast.walk(tree):
            if not isinstance(scope, (ast.FunctionDef, ast.Module)):
                continue
            configs = {"get_scoped_config", "scoped_config", "_scoped_config"}
            for node in ast.walk(scope):
                if isinstance(node, ast.Assign) and last_name(node.value) == "get_scoped_config":
                    configs.add(last_name(node.targets[0]))
            for node in ast.walk(scope):
                if isinstance(node, ast.Subscript) and last_name(node.value) in configs and text_of(node.slice):
                    self.add(text_of(node.slice))
                if not isinstance(node, ast.Call) or last_name(node) != "get" or not node.args:
                    continue
                key = text_of(node.args[0])
                if isinstance(node.func, ast.Attribute) and last_name(node.func.value) in configs and key is not None:
                    self.add(key, "block" if isinstance(node.args[-1], ast.Dict) else "text")


def kind_of(default, conversion):
    converted = KINDS.get(last_name(conversion))
    if converted is not None:
        return converted
    if isinstance(default, ast.Dict):
        return "block"
    return "boolean" if isinstance(getattr(default, "value", None), bool) else "text"


def documented_keys(topic):
    """The keys that a help topic lists: the column "Config Entry" of its tables, and its lists of "* ``key`` - …"."""
    keys = set(re.findall(r"^\* ``([a-z0-9_]+)`` - ", topic, re.MULTILINE))
    column = None
    for line in topic.splitlines():
        header = re.search(r"\S*Config Entry", line)
        if header is not None:
            column = header.start()
        elif line == "":
            column = None
        elif column is not None:
            cell = re.match(r"([a-z0-9_]+) ", line[column:])
            if cell is not None:
                keys.add(cell[1])
    return keys


def config_keys(botocore, awscli):
    keys = Keys()
    configprovider = botocore.tree("botocore/configprovider.py")
    keys.add_variables(assigned(configprovider, "BOTOCORE_DEFAUT_SESSION_VARIABLES"))
    keys.add_variables(assigned(configprovider, "DEFAULT_S3_CONFIG_VARS"))
    keys.add_variables(assigned(configprovider, "DEFAULT_PROXIES_CONFIG_VARS"))
    keys.add_sections(configprovider)
    keys.add_variables(assigned(awscli.tree("awscli/__init__.py"), "EnvironmentVariables"))

    for wheel, root in ((botocore, r"botocore/[^/]+\.py"), (awscli, r"awscli/(?!botocore/).*\.py")):
        for name in wheel.names:
            if re.fullmatch(root, name) and "scoped_config" in wheel.text(name):
                keys.add_reads(wheel.tree(name))

    prompts = assigned(awscli.tree("awscli/customizations/configure/configure.py"), "VALUES_TO_PROMPT")
    for prompt in prompts.elts:
        keys.add(text_of(prompt.elts[0]))
    for key in documented_keys(awscli.text("awscli/topics/config-vars.rst")):
        keys.add(key)
    transfer = assigned(awscli.tree("awscli/customizations/s3/transferconfig.py"), "DEFAULTS")
    keys.add_to_block("s3", [text_of(key) for key in transfer.keys])
    keys.add_to_block("s3", documented_keys(awscli.text("awscli/topics/s3-config.rst")))

    credentials = botocore.tree("botocore/credentials.py")
    for key in ast.literal_eval(assigned(credentials, "_PROFILE_REQUIRED_CONFIG_VARS")):
        keys.add(key)
    sso_session = ast.literal_eval(assigned(botocore.tree("botocore/tokens.py"), "_SSO_CONFIG_VARS"))
    return {
        "profile": dict(sorted(keys.profile.items())),
        "blocks": {block: sorted(inner) for block, inner in sorted(keys.blocks.items())},
        "ssoSession": sorted(sso_session),
    }


def main():
    folder = sys.argv[1]
    botocore, awscli = Wheel(folder, "botocore"), Wheel(folder, "awscli")
    services = {}
    for service, operation in OPERATIONS.items():
        model = botocore.model(service, "service-2")["operations"][operation]
        fixed = {name: value["value"] for name, value in model.get("staticContextParams", {}).items()}
        services[service] = {"rules": botocore.model(service, "endpoint-rule-set-1")["rules"], "parameters": fixed}
    json.dump(
        {
            "versions": {"botocore": botocore.version, "awscli": awscli.version},
            "partitions": botocore.json("botocore/data/partitions.json")["partitions"],
            "services": services,
            "keys": config_keys(botocore, awscli),
        },
        sys.stdout,
    )


main()
