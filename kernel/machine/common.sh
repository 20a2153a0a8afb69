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
  # Before 6.4 there is no user_events to build.
  printf '%s\n' linux-source-6.4 "$(basename "$archive")" | sort -V -C && echo "$archive"
}

# Each need of a purpose with the package that brings it: a command, or a file where there is no command.
packages_for() {
  local pair
  case "$1" in
    source) find_source_archive >/dev/null || newest_available "$kernel_source_package" 'linux-source-6\.[0-9.]+' ;;
    build)
      for pair in gcc:gcc make:make flex:flex bison:bison bc:bc xz:xz-utils bzip2:bzip2 perl:perl \
        /usr/include/libelf.h:libelf-dev /usr/include/openssl/ssl.h:libssl-dev; do
        have "${pair%%:*}" || echo "${pair#*:}"
      done
      ;;
    run)
      have qemu-system-x86_64 || echo qemu-system-x86
      have busybox || echo busybox-static
      ;;
    readers)
      have perf || newest_available linux-perf linux-tools-generic
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

# The package of the first name, else the newest one that matches the second, as distributions differ.
newest_available() {
  local found
  if ! apt-cache show "$1" >/dev/null 2>&1; then
    found=$(apt-cache pkgnames 2>/dev/null | grep -xE -- "$2" | sort -V | tail -1)
  fi
  echo "${found:-$1}"
}

# Installs what purposes lack, when it may; else says the one line that does.
require_packages() {
  local missing
  missing=$(missing_packages "$@")
  [ -n "$missing" ] || return 0
  if [ "$(id -u)" != 0 ]; then
    echo "kernel: missing packages, install them with: sudo apt-get install -y --no-install-recommends $missing" >&2
    exit 1
  fi
  apt-get update -q >&2
  # Once more: a new machine knows no package names before the update.
  missing=$(missing_packages "$@")
  echo "kernel: installing $missing" >&2
  # shellcheck disable=SC2086
  DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends $missing >&2
}

missing_packages() {
  local purpose
  for purpose in "$@"; do packages_for "$purpose"; done | tr '\n' ' '
}
