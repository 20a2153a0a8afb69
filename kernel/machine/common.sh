# Shared by kernel/machine/build and kernel/machine/run: where things are, and the packages they need.
# shellcheck shell=bash

kernel_cache=${USER_EVENTS_KERNEL_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/user-events/kernel}
kernel_source_package=linux-source-6.12

# The first of the archives there are: the one that was asked for, Debian's 6.12, else the newest one.
find_source_archive() {
  if [ -n "${USER_EVENTS_KERNEL_SOURCE:-}" ]; then
    [ -f "$USER_EVENTS_KERNEL_SOURCE" ] || {
      echo "kernel: USER_EVENTS_KERNEL_SOURCE=$USER_EVENTS_KERNEL_SOURCE is not a file" >&2
      return 1
    }
    echo "$USER_EVENTS_KERNEL_SOURCE"
    return
  fi
  local archive
  archive=$(ls -d /usr/src/$kernel_source_package.tar.* 2>/dev/null | head -1)
  [ -n "$archive" ] || archive=$(ls -d /usr/src/linux-source-*.tar.* 2>/dev/null | sort -V | tail -1)
  [ -n "$archive" ] || return 1
  echo "$archive"
}

# Each need with the package that brings it: a command, or a file where there is no command.
packages_for() {
  case "$1" in
    source) find_source_archive >/dev/null || echo "$kernel_source_package" ;;
    build)
      local pair
      for pair in gcc:gcc make:make flex:flex bison:bison bc:bc xz:xz-utils perl:perl \
        /usr/include/libelf.h:libelf-dev /usr/include/openssl/ssl.h:libssl-dev; do
        have "${pair%%:*}" || echo "${pair#*:}"
      done
      ;;
    run)
      have qemu-system-x86_64 || echo qemu-system-x86
      have busybox || echo busybox-static
      ;;
    # What the tests in the machine use: the two readers that are not ours.
    readers)
      have perf || echo linux-perf
      have trace-cmd || echo trace-cmd
      ;;
  esac
}

have() {
  case "$1" in
    /*) [ -e "$1" ] ;;
    *) command -v "$1" >/dev/null 2>&1 ;;
  esac
}

# Installs what a purpose lacks, when it may; else says the one line that does.
require_packages() {
  local missing
  missing=$(for purpose in "$@"; do packages_for "$purpose"; done | tr '\n' ' ')
  [ -n "$missing" ] || return 0
  if [ "$(id -u)" != 0 ]; then
    echo "kernel: missing packages, install them with: sudo apt-get install -y --no-install-recommends $missing" >&2
    exit 1
  fi
  echo "kernel: installing $missing" >&2
  # shellcheck disable=SC2086
  {
    apt-get update -q
    DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends $missing
  } >&2
}
