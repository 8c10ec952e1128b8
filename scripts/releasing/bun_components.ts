/**
 * What Bun's executable consists of, and the licences: the lists of Bun's LICENSE.md, with the copyright lines of each
 * project. Compare it with that file when Bun is updated.
 */

export interface RuntimeComponent {
  readonly name: string;
  readonly url: string;
  /** An SPDX expression. */
  readonly license: string;
  readonly copyright: readonly string[];
}

/** The commit of this source is in `bun --revision`. */
export const BUN: RuntimeComponent = {
  name: "bun",
  url: "https://github.com/oven-sh/bun",
  license: "MIT",
  copyright: ["Copyright (c) Oven and the contributors to Bun"],
};

/** Libraries that are linked statically, and code that Bun includes. */
const LIBRARIES: readonly RuntimeComponent[] = [
  {
    name: "JavaScriptCore and WebKit",
    url: "https://github.com/oven-sh/WebKit",
    license: "LGPL-2.0-or-later AND BSD-2-Clause",
    copyright: ["Copyright (C) Apple Inc. and the contributors to WebKit"],
  },
  {
    name: "boringssl",
    url: "https://boringssl.googlesource.com/boringssl",
    license: "Apache-2.0 AND OpenSSL AND ISC AND MIT AND BSD-3-Clause",
    copyright: ["Copyright (c) The BoringSSL Authors", "Copyright (c) The OpenSSL Project", "Copyright (c) Google LLC"],
  },
  {
    name: "brotli",
    url: "https://github.com/google/brotli",
    license: "MIT",
    copyright: ["Copyright (c) 2009, 2010, 2013-2016 by the Brotli Authors"],
  },
  {
    name: "libarchive",
    url: "https://github.com/libarchive/libarchive",
    license: "BSD-2-Clause AND BSD-3-Clause",
    copyright: [
      "Copyright (c) 2003-2018 Tim Kientzle and others",
      "Copyright (c) The Regents of the University of California",
    ],
  },
  {
    name: "lol-html",
    url: "https://github.com/cloudflare/lol-html",
    license: "BSD-3-Clause",
    copyright: ["Copyright (C) 2019, Cloudflare, Inc.", "Copyright (C) 2019, Ivan Nikulin"],
  },
  {
    name: "ls-hpack",
    url: "https://github.com/litespeedtech/ls-hpack",
    license: "MIT",
    copyright: ["Copyright (c) 2018 LiteSpeed Technologies Inc"],
  },
  {
    name: "ls-qpack",
    url: "https://github.com/litespeedtech/ls-qpack",
    license: "MIT",
    copyright: ["Copyright (c) 2018 - 2021 LiteSpeed Technologies Inc"],
  },
  {
    name: "lsquic",
    url: "https://github.com/litespeedtech/lsquic",
    license: "MIT AND BSD-3-Clause",
    copyright: ["Copyright (c) 2017 - 2018 LiteSpeed Technologies Inc", "Copyright (c) 2015 The Chromium Authors"],
  },
  {
    name: "mimalloc",
    url: "https://github.com/microsoft/mimalloc",
    license: "MIT",
    copyright: ["Copyright (c) Microsoft Corporation, Daan Leijen"],
  },
  {
    name: "picohttpparser",
    url: "https://github.com/h2o/picohttpparser",
    license: "MIT",
    copyright: ["Copyright (c) 2009-2014 Kazuho Oku, Tokuhiro Matsuno, Daisuke Murase, Shigeo Mitsunari"],
  },
  {
    name: "zstd",
    url: "https://github.com/facebook/zstd",
    license: "BSD-3-Clause",
    copyright: ["Copyright (c) Meta Platforms, Inc. and affiliates"],
  },
  {
    name: "simdutf",
    url: "https://github.com/simdutf/simdutf",
    license: "Apache-2.0",
    copyright: ["Copyright (c) The simdutf authors"],
  },
  {
    name: "tinycc",
    url: "https://github.com/tinycc/tinycc",
    license: "LGPL-2.1-or-later",
    copyright: ["Copyright (c) 2001-2004 Fabrice Bellard and others"],
  },
  {
    name: "uSockets",
    url: "https://github.com/uNetworking/uSockets",
    license: "Apache-2.0",
    copyright: ["Copyright (c) Alex Hultman"],
  },
  {
    name: "uWebSockets (fork)",
    url: "https://github.com/jarred-sumner/uwebsockets",
    license: "Apache-2.0",
    copyright: ["Copyright (c) Alex Hultman"],
  },
  {
    name: "zlib-ng",
    url: "https://github.com/zlib-ng/zlib-ng",
    license: "Zlib",
    copyright: ["(C) 1995-2025 Jean-loup Gailly and Mark Adler"],
  },
  {
    name: "c-ares",
    url: "https://github.com/c-ares/c-ares",
    license: "MIT",
    copyright: [
      "Copyright (c) 1998 Massachusetts Institute of Technology",
      "Copyright (c) 2007 - 2023 Daniel Stenberg with many contributors",
    ],
  },
  {
    name: "libicu",
    url: "https://github.com/unicode-org/icu",
    license: "ICU AND Unicode-DFS-2016",
    copyright: [
      "Copyright (c) 1995-2016 International Business Machines Corporation and others",
      "Copyright (c) 1991-2022 Unicode, Inc.",
    ],
  },
  {
    name: "libbase64",
    url: "https://github.com/aklomp/base64",
    license: "BSD-2-Clause",
    copyright: [
      "Copyright (c) 2005-2007, Nick Galbreath",
      "Copyright (c) 2015-2017, Wojciech Mula",
      "Copyright (c) 2016-2017, Matthieu Darbois",
      "Copyright (c) 2013-2022, Alfred Klomp",
    ],
  },
  {
    name: "libuv (on Windows)",
    url: "https://github.com/libuv/libuv",
    license: "MIT AND BSD-2-Clause AND ISC AND BSD-3-Clause",
    copyright: [
      "Copyright (c) 2015-present libuv project contributors",
      "Copyright Joyent, Inc. and other Node contributors",
    ],
  },
  {
    name: "libdeflate",
    url: "https://github.com/ebiggers/libdeflate",
    license: "MIT",
    copyright: ["Copyright 2016 Eric Biggers", "Copyright 2024 Google LLC"],
  },
  {
    name: "libjpeg-turbo",
    url: "https://github.com/libjpeg-turbo/libjpeg-turbo",
    license: "IJG AND BSD-3-Clause AND Zlib",
    copyright: ["Copyright (C) 1991-2020 Thomas G. Lane, Guido Vollbeding", "Copyright (C) 2009-2024 D. R. Commander"],
  },
  {
    name: "libspng",
    url: "https://github.com/randy408/libspng",
    license: "BSD-2-Clause",
    copyright: ["Copyright (c) 2018-2021, Randy"],
  },
  {
    name: "libwebp",
    url: "https://github.com/webmproject/libwebp",
    license: "BSD-3-Clause",
    copyright: ["Copyright (c) 2010, Google Inc."],
  },
  {
    name: "highway",
    url: "https://github.com/google/highway",
    license: "Apache-2.0",
    copyright: ["Copyright (c) The Highway Project Authors"],
  },
  {
    name: "uucode",
    url: "https://github.com/jacobsandlund/uucode",
    license: "MIT",
    copyright: ["Copyright (c) Jacob Sandlund"],
  },
  {
    name: "parts of TigerBeetle",
    url: "https://github.com/tigerbeetle/tigerbeetle",
    license: "Apache-2.0",
    copyright: ["Copyright (c) TigerBeetle, Inc. and contributors"],
  },
  {
    name: "parts of LLVM libc++abi",
    url: "https://github.com/llvm/llvm-project",
    license: "Apache-2.0 WITH LLVM-exception",
    copyright: ["Copyright (c) The LLVM Project contributors"],
  },
  {
    name: "parts of esbuild, ported",
    url: "https://github.com/evanw/esbuild",
    license: "MIT",
    copyright: ["Copyright (c) 2020 Evan Wallace"],
  },
];

/** npm packages in Bun's executable, all under the MIT licence. */
const POLYFILLS = [
  ...["acorn", "acorn-walk", "assert", "browserify-zlib", "buffer", "constants-browserify", "crypto-browserify"],
  ...["domain-browser", "events", "https-browserify", "os-browserify", "path-browserify", "process", "punycode"],
  ...["querystring-es3", "stream-browserify", "stream-http", "string_decoder", "timers-browserify", "tty-browserify"],
  ...["url", "util", "vm-browserify"],
];

export const BUN_COMPONENTS: readonly RuntimeComponent[] = [
  ...LIBRARIES,
  ...POLYFILLS.map((name) => ({
    name,
    url: `https://www.npmjs.com/package/${name}`,
    license: "MIT",
    copyright: [`Copyright (c) the authors of ${name}`],
  })),
];
