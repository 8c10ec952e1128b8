#!/bin/sh
# Runs a command in which programs for another machine run like those of this one. Needs a user and a mount namespace of
# its own (`unshare -Urm`), because it registers the emulator and adds libraries to /usr/lib.
#
# Usage: inside.sh LIBRARIES EMULATOR COMMAND…; EMULATOR is empty if the programs are for this CPU.
set -eu
libraries=$1 emulator=$2
shift 2

if [ -n "$emulator" ]; then
  mount -t binfmt_misc binfmt_misc /proc/sys/fs/binfmt_misc
  # ELF, 64 bits, little-endian, an executable (2) or a shared object (3), AArch64 (b7). P: argv[0] is kept. F: the
  # emulator is opened now.
  magic='\x7fELF\x02\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\xb7\x00'
  mask='\xff\xff\xff\xff\xff\xff\xff\x00\xff\xff\xff\xff\xff\xff\xff\xff\xfe\xff\xff\xff'
  printf '%s' ":aarch64:M::$magic:$mask:$emulator:PF" >/proc/sys/fs/binfmt_misc/register
fi
mount -t overlay overlay -o "lowerdir=$libraries:/usr/lib" /usr/lib
exec "$@"
