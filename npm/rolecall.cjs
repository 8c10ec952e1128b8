#!/usr/bin/env node
// The command of the npm package, until its install script replaces it with the program. In old JavaScript, so that an
// old Node can say that it is too old.
"use strict";
var version = process.versions.node;
if (Number(version.split(".")[0]) >= 18) {
  require("../lib/launcher.cjs").start(require("node:path").dirname(__dirname));
} else {
  // biome-ignore lint/style/useTemplate: an old Node cannot parse it.
  console.error("error: rolecall needs Node 22 or later, and this is Node " + version);
  // As for every failure before the command of `exec` starts.
  process.exit(125);
}
