#!/bin/sh
# Installs rolecall, or another version of it, for this user:
#
#   curl -fsSL https://github.com/rolecall/rolecall/releases/latest/download/install.sh | sh
#   curl -fsSL https://github.com/rolecall/rolecall/releases/latest/download/install.sh | sh -s -- --to DIR --version X
#
# It downloads the archive for this operating system, CPU and C library, compares its SHA-256 checksum with the
# release's SHA256SUMS, runs the program once, and moves it to ~/.local/bin. It needs no root, and curl or wget.

# The braces make the shell read the whole script before it runs any of it, so a truncated download runs nothing.
{
set -eu

# Not ROLECALL_…: rolecall rejects unknown variables of that kind.
RELEASES=${INSTALL_ROLECALL_FROM:-https://github.com/rolecall/rolecall/releases}

usage() {
  cat <<END
Usage: install.sh [--to DIR] [--version X] [--target TARGET]

  --to DIR         install to DIR (default: ~/.local/bin)
  --version X      install version X (default: the latest release)
  --target TARGET  install the build for TARGET instead of this machine's, without running it: linux-x64, linux-arm64,
                   linux-x64-musl, linux-arm64-musl, darwin-x64 or darwin-arm64

INSTALL_ROLECALL_FROM is the URL of the releases, for a mirror. It must have SHA256SUMS and the archives in
latest/download/ and in download/vX/.
END
}

fail() {
  printf 'install.sh: error: %s\n' "$1" >&2
  shift
  for line in "$@"; do printf '  %s\n' "$line" >&2; done
  exit 1
}

usage_error() {
  printf 'install.sh: error: %s\n\n' "$1" >&2
  usage >&2
  exit 2
}

has() { command -v "$1" >/dev/null 2>&1; }

# The target of this machine, as the names of the archives have it.
find_target() {
  system=$(uname -s)
  machine=$(uname -m)
  case $system in
    Linux) os=linux ;;
    Darwin) os=darwin ;;
    MINGW* | MSYS* | CYGWIN* | Windows*)
      fail "this script does not install on Windows" "download the .zip archive from $RELEASES" ;;
    *) fail "there is no build for $system" "with Node 22 or later, use: npx rolecall" ;;
  esac
  # A shell under Rosetta sees the CPU that Rosetta emulates.
  if [ "$os" = darwin ] && [ "$(sysctl -n sysctl.proc_translated 2>/dev/null || :)" = 1 ]; then machine=arm64; fi
  case $machine in
    x86_64 | x86-64 | amd64) cpu=x64 ;;
    aarch64 | arm64) cpu=arm64 ;;
    *) fail "there is no build for the CPU $machine" "the builds are for x86_64 and arm64 (aarch64)" ;;
  esac
  # A 32-bit system with a 64-bit kernel, such as some of the Raspberry Pi.
  if [ "$(getconf LONG_BIT 2>/dev/null || :)" = 32 ]; then
    fail "this system has 32 bits, although its kernel has 64" "the builds are for 64-bit systems"
  fi
  if [ "$os" = linux ] && [ "$cpu" = x64 ] && grep -q '^flags' /proc/cpuinfo 2>/dev/null; then
    for feature in sse4_2 popcnt; do
      grep -q "^flags.* $feature" /proc/cpuinfo || fail "this CPU lacks $feature, which rolecall needs" \
        "in a virtual machine, choose a newer CPU model, such as \"host\""
    done
  fi
  target=$os-$cpu
  if [ "$os" = linux ] && is_musl; then target=$target-musl; fi
}

# Whether the system's C library is musl. Alpine can have glibc's loader too (gcompat), and Debian that of musl, so the
# loaders only count if there is no ldd.
is_musl() {
  case $(ldd --version 2>&1 || :) in
    *musl*) return 0 ;;
    *GLIBC* | *GNU* | *glibc* | *"Free Software Foundation"*) return 1 ;;
  esac
  for loader in /lib/ld-linux-* /lib64/ld-linux-*; do
    if [ -e "$loader" ]; then return 1; fi
  done
  for loader in /lib/ld-musl-*; do
    if [ -e "$loader" ]; then return 0; fi
  done
  return 1
}

# download URL FILE
download() {
  if has curl; then
    case $1 in
      # A redirect must not leave HTTPS either.
      https:*) curl -fsSL --proto =https --retry 3 -o "$2" "$1" ;;
      *) curl -fsSL --retry 3 -o "$2" "$1" ;;
    esac
  elif has wget; then
    wget -q -O "$2" "$1"
  else
    fail "neither curl nor wget is installed" "install one of them, or download the archive from $RELEASES"
  fi </dev/null
}

# Prints the SHA-256 checksum of a file.
checksum() {
  if has sha256sum; then
    sum=$(sha256sum "$1")
  elif has shasum; then
    sum=$(shasum -a 256 "$1")
  elif has openssl; then
    sum=$(openssl dgst -sha256 -r "$1")
  else
    fail "no program for SHA-256 checksums is installed" "install one of sha256sum, shasum and openssl"
  fi
  # GNU's sha256sum puts a backslash first if the name of the file has one.
  sum=${sum#\\}
  printf '%s\n' "${sum%% *}"
}

# Finds the archive of $target in SHA256SUMS. Sets archive and expected.
find_archive() {
  archive=
  while read -r sum name; do
    name=${name#\*}
    if [ -n "$version" ]; then
      [ "$name" = "rolecall-$version-$target.tar.gz" ] || continue
    else
      case $name in rolecall-*-"$target".tar.gz) ;; *) continue ;; esac
    fi
    [ -z "$archive" ] || fail "SHA256SUMS lists more than one archive for $target"
    archive=$name expected=$sum
  done <"$work/SHA256SUMS"
  [ -n "$archive" ] || fail "the release has no build for $target" "$sums_url does not list one"
  case $archive in *[!A-Za-z0-9._+-]*) fail "SHA256SUMS has an invalid name: $archive" ;; esac
  case $expected in *[!0-9a-f]*) expected= ;; esac
  [ "${#expected}" = 64 ] || fail "SHA256SUMS has no valid checksum for $archive"
  version=${archive#rolecall-}
  version=${version%"-$target.tar.gz"}
}

# Runs the new program, so that one that cannot run here never replaces one that can.
check_program() {
  chmod 755 "$work/rolecall"
  if reported=$(env -i PATH="$PATH" "$work/rolecall" --version </dev/null 2>"$work/errors"); then return; fi
  errors=$(cat "$work/errors")
  printf '%s\n' "$errors" >&2
  case $errors in
    *libstdc++* | *libgcc*) fail "rolecall $version for $target does not run here: it needs libstdc++" \
      "on Alpine, run: apk add libstdc++" ;;
    *) fail "rolecall $version for $target does not run here" \
      "nothing was installed; to choose another build, use --target" ;;
  esac
}

main() {
  folder=
  version=
  target=
  while [ $# -gt 0 ]; do
    option=$1
    case $option in
      --to | --version | --target)
        [ $# -ge 2 ] || usage_error "$option needs a value"
        value=$2
        shift ;;
      --to=* | --version=* | --target=*)
        value=${option#*=}
        option=${option%%=*} ;;
      -h | --help) usage; exit 0 ;;
      *) usage_error "unknown argument \"$option\"" ;;
    esac
    case $option in
      --to) folder=$value ;;
      --version) version=${value#v} ;;
      --target) target=$value ;;
    esac
    [ -n "$value" ] || usage_error "$option needs a value"
    shift
  done
  case $version in *[!A-Za-z0-9._+-]*) usage_error "invalid version \"$version\"" ;; esac
  case $target in
    '' | linux-x64 | linux-arm64 | linux-x64-musl | linux-arm64-musl | darwin-x64 | darwin-arm64) ;;
    *) usage_error "unknown target \"$target\"" ;;
  esac
  if [ -z "$folder" ]; then
    [ -n "${HOME:-}" ] || fail "HOME is not set" "choose a folder with --to DIR, such as --to /usr/local/bin"
    folder=$HOME/.local/bin
  fi
  for program in uname mkdir mktemp tar gzip chmod env mv rm cat; do
    has "$program" || fail "$program is not installed"
  done
  is_for_this_machine=
  if [ -z "$target" ]; then
    is_for_this_machine=yes
    find_target
  fi

  # A relative folder is meant from here, also in the messages.
  case $folder in /*) ;; *) folder=$PWD/$folder ;; esac
  [ ! -d "$folder/rolecall" ] || fail "$folder/rolecall is a folder"
  mkdir -p "$folder" || fail "cannot create $folder" "choose a folder of yours with --to DIR"
  # In the same file system, so that the last step is one rename.
  work=$(mktemp -d "$folder/.install-rolecall.XXXXXX") ||
    fail "cannot write to $folder" "choose a folder of yours with --to DIR"
  trap 'rm -rf "$work"' EXIT
  trap 'exit 129' HUP
  trap 'exit 130' INT
  trap 'exit 143' TERM

  sums_url=$RELEASES/${version:+download/v$version/}
  [ -n "$version" ] || sums_url=$RELEASES/latest/download/
  sums_url=${sums_url}SHA256SUMS
  download "$sums_url" "$work/SHA256SUMS" || fail "cannot download $sums_url" \
    ${version:+"check that version $version exists"}
  find_archive
  url=$RELEASES/download/v$version/$archive
  printf 'downloading rolecall %s for %s\n' "$version" "$target"
  download "$url" "$work/$archive" || fail "cannot download $url"
  actual=$(checksum "$work/$archive")
  [ "$actual" = "$expected" ] || fail "the checksum of $archive is wrong; nothing was installed" \
    "SHA256SUMS: $expected" "archive:    $actual"
  # To standard output, so that neither the archive's owners nor its modes count.
  tar -xzOf "$work/$archive" "rolecall-$version-$target/rolecall" >"$work/rolecall" ||
    fail "cannot unpack $archive" "check the free space in $folder"
  if [ -n "$is_for_this_machine" ]; then check_program; else chmod 755 "$work/rolecall"; fi
  mv -f "$work/rolecall" "$folder/rolecall" || fail "cannot replace $folder/rolecall"
  printf 'installed %s (SHA-256 verified)\n' "$folder/rolecall"
  [ -z "$is_for_this_machine" ] || printf '%s\n' "$reported"

  case :$PATH: in
    *:"$folder":* | *:"$folder/":*)
      hash -r 2>/dev/null || :
      found=$(command -v rolecall || :)
      case $found in
        # With two slashes, if the folder has one at its end in PATH.
        "$folder/rolecall" | "$folder//rolecall") ;;
        *) printf 'note: %s comes first in PATH\n' "$found" ;;
      esac ;;
    *)
      printf 'note: %s is not in PATH; add it with:\n' "$folder"
      # shellcheck disable=SC2016 # $PATH is for the shell that the person uses.
      printf '  export PATH="%s:$PATH"\n' "$folder" ;;
  esac
}

main "$@"
exit
}
