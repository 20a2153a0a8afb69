# Shared by kernel/machine/build and kernel/machine/run: paths, required packages, and the end of the scripts.
# shellcheck shell=bash

# Services and containers often run without HOME. The user database has it then.
user_cache() {
  local home=${HOME:-}
  [ -n "$home" ] || home=$(getent passwd "$(id -u)" | cut -d : -f 6) || true
  [ -n "$home" ] || {
    echo "kernel: HOME is not set, and user $(id -u) has no home folder: set USER_EVENTS_KERNEL_CACHE" \
      "to a folder for the kernel's image" >&2
    return 1
  }
  echo "$home/.cache"
}

kernel_cache=${USER_EVENTS_KERNEL_CACHE:-}
if [ -z "$kernel_cache" ]; then
  cache=${XDG_CACHE_HOME:-}
  [ -n "$cache" ] || cache=$(user_cache)
  # shellcheck disable=SC2034 # For the scripts that source this one.
  kernel_cache=$cache/user-events/kernel
fi
kernel_source_package=linux-source-6.12
# Before 6.4 there is no user_events to build.
kernel_source_minimum=6.4
kernel_source_names='linux-source-(6\.([4-9]|[1-9][0-9]+)|[7-9]|[1-9][0-9]+)(\.[0-9]+)*'

require_host() {
  [ "$(uname -m)" = x86_64 ] || {
    echo "kernel: the test machine's kernels are built on x86-64; this host is $(uname -m)" >&2
    exit 1
  }
}

arch=x86_64 pages=4k

# Sets an option that both scripts have, with its value.
set_machine() { # OPTION VALUE
  case "$1=$2" in
    --arch=x86_64 | --arch=arm64) arch=$2 ;;
    --pages=4k | --pages=16k | --pages=64k) pages=$2 ;;
    --arch=*) wrong_usage "--arch is x86_64 or arm64, not $2" ;;
    --pages=*) wrong_usage "--pages is 4k, 16k or 64k, not $2" ;;
  esac
}

require_machine() {
  [ "$arch" = arm64 ] || [ "$pages" = 4k ] ||
    wrong_usage "--pages $pages needs --arch arm64: x86-64 has pages of 4 KiB only"
  # shellcheck disable=SC2034 # For the scripts that source this one.
  case "$arch" in
    x86_64) image_name=bzImage qemu=qemu-system-x86_64 ;;
    arm64) image_name=Image qemu=qemu-system-aarch64 ;;
  esac
}

# The options of the kernel beyond tinyconfig.
kernel_options() {
  # shellcheck disable=SC2154 # The scripts that source this one know where they are.
  cat "$here/config"
  [ "$arch" = x86_64 ] || {
    cat "$here/config.$arch"
    echo "CONFIG_ARM64_${pages^^}_PAGES=y"
  }
}

# The first archive that exists: the requested one, Debian's 6.12, or the newest one.
find_source_archive() {
  if [ -n "${USER_EVENTS_KERNEL_SOURCE:-}" ]; then
    readlink -f -- "$USER_EVENTS_KERNEL_SOURCE"
    return
  fi
  local archive
  archive=$(source_archives | grep -F "/$kernel_source_package." | head -1)
  [ -n "$archive" ] || archive=$(source_archives | grep -E "/$kernel_source_names\.tar\." | sort -V | tail -1)
  [ -n "$archive" ] && echo "$archive"
}

source_archives() {
  local archive
  for archive in /usr/src/linux-source-*.tar.*; do
    [ ! -f "$archive" ] || echo "$archive"
  done
}

# Checked before anything is installed: a user who names a source does not want another one.
require_named_source() {
  [ -z "${USER_EVENTS_KERNEL_SOURCE:-}" ] || [ -f "$USER_EVENTS_KERNEL_SOURCE" ] || {
    echo "kernel: USER_EVENTS_KERNEL_SOURCE=$USER_EVENTS_KERNEL_SOURCE is not a file" >&2
    exit 1
  }
}

require_source() {
  # Runs in a subshell, so that its failure is explained here.
  if ! (require_packages source) || ! find_source_archive >/dev/null; then
    echo "kernel: no source of Linux $kernel_source_minimum or newer in /usr/src, which has:" \
      "$(source_archives | grep . || echo 'no linux-source-*.tar.*')" >&2
    echo "kernel: install one, or name its tar archive in USER_EVENTS_KERNEL_SOURCE" >&2
    exit 1
  fi
}

# The needs of a purpose, each with its package: a command, or a file if there is no command.
packages_for() {
  local pair
  case "$1" in
    source) find_source_archive >/dev/null || newest_available "$kernel_source_package" "$kernel_source_names" ;;
    build)
      for pair in gcc:gcc make:make flex:flex bison:bison bc:bc xz:xz-utils bzip2:bzip2 perl:perl \
        /usr/include/libelf.h:libelf-dev /usr/include/openssl/ssl.h:libssl-dev; do
        have "${pair%%:*}" || echo "${pair#*:}"
      done
      [ "$arch" != arm64 ] || have aarch64-linux-gnu-gcc || echo gcc-aarch64-linux-gnu
      ;;
    run)
      case "$arch" in
        x86_64)
          have "$qemu" || echo qemu-system-x86
          have busybox || echo busybox-static
          ;;
        arm64) have "$qemu" || echo qemu-system-arm ;;
      esac
      ;;
    root)
      have mmdebstrap || echo mmdebstrap
      have /usr/share/keyrings/debian-archive-keyring.gpg || echo debian-archive-keyring
      ;;
    readers)
      have_perf || newest_available linux-perf linux-tools-generic
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

# Ubuntu's perf is a script that searches for the program of the running kernel's version. There is none for the guest's
# kernel, and the newest program works as well.
real_perf() {
  local program
  for program in /usr/lib/linux-tools-*/perf /usr/lib/linux-tools/*/perf; do
    [ ! -x "$program" ] || echo "$program"
  done | sort -V | tail -1
}

have_perf() {
  [ -n "$(real_perf)" ] || { have perf && [ "$(head -c 2 "$(command -v perf)")" != '#!' ]; }
}

# The package with the first name or, because distributions differ, the newest one that matches the second.
newest_available() {
  local found=''
  if ! apt-cache show "$1" >/dev/null 2>&1; then
    found=$(apt-cache pkgnames 2>/dev/null | grep -xE -- "$2" | sort -V | tail -1 || true)
  fi
  echo "${found:-$1}"
}

# Installs the missing packages of the purposes if it may. Otherwise prints the command that does so.
require_packages() {
  local missing
  missing=$(missing_packages "$@")
  [ -n "$missing" ] || return 0
  if [ "$(id -u)" != 0 ]; then
    echo "kernel: missing packages, install them with: sudo apt-get install -y --no-install-recommends $missing" >&2
    exit 1
  fi
  apt-get update -q >&2 || true
  # Again: a new machine knows no package names before the update.
  missing=$(missing_packages "$@")
  echo "kernel: installing $missing" >&2
  # shellcheck disable=SC2086 # One word for each package.
  DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends $missing >&2 || {
    echo "kernel: could not install $missing" >&2
    exit 1
  }
}

missing_packages() {
  local purpose
  for purpose in "$@"; do packages_for "$purpose"; done | tr '\n' ' '
}

require_writable() { # FOLDER
  if ! mkdir -p "$1" 2>/dev/null || [ ! -w "$1" ]; then
    echo "kernel: user $(id -u) cannot write to $1: set USER_EVENTS_KERNEL_CACHE to a folder that it can write" >&2
    exit 1
  fi
}

# Whether QEMU runs this image with KVM. An accessible device is not enough: in some virtual machines QEMU aborts, or the
# guest never starts. The image is therefore booted once, without a root file system, so that it ends at once. The answer
# is kept until this machine is booted again or QEMU changes.
kvm_works() { # IMAGE FOLDER
  # The folder belongs to the caller, who removes it in any case.
  [ -r /dev/kvm ] && [ -w /dev/kvm ] || return 1
  local folder boot key answer console
  folder=$(dirname "$1")
  boot=$(cut -c1-13 /proc/sys/kernel/random/boot_id)
  key=$(stat -L -c '%n %s %Y' "$(command -v qemu-system-x86_64)" | sha256sum | cut -c1-16)
  answer=$folder/kvm-$boot-$key
  if [ ! -f "$answer" ]; then
    console=$2/kvm-console
    if run_job timeout 10 qemu-system-x86_64 -accel kvm -cpu max -m 256 -no-reboot -display none -nodefaults \
      -kernel "$1" -append "console=ttyS0 panic=-1" -serial "file:$console" >/dev/null 2>&1 &&
      grep -q 'Linux version' "$console"; then
      echo yes
    else
      echo no
    fi >"$2/kvm-answer"
    find "$folder" -name 'kvm-*' ! -name "kvm-$boot-*" -delete 2>/dev/null || true
    # If the cache cannot be written, the next call checks again.
    mv "$2/kvm-answer" "$answer" 2>/dev/null || return 1
  fi
  [ "$(cat "$answer")" = yes ]
}

# Runs a command and returns its status. Bash handles a signal at once while it waits for a job, but only after a command
# in the foreground.
run_job() {
  local status=0
  "$@" &
  wait $! || status=$?
  return "$status"
}

# From here on a signal ends the jobs first, then the script.
end_jobs_on_signals() {
  trap 'end_by_signal 1' HUP
  trap 'end_by_signal 2' INT
  trap 'end_by_signal 15' TERM
}

end_by_signal() {
  trap '' HUP INT TERM
  local job
  for job in $(jobs -p); do kill "$job" 2>/dev/null || true; done
  wait
  exit $((128 + $1))
}
