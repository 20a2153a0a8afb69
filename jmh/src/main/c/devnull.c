// SPDX-License-Identifier: Apache-2.0
// Loaded before libc (LD_PRELOAD), gives a program /dev/null in place of the kernel's file user_events_data: a
// registration succeeds, and says through the enable word that somebody listens.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>

// include/uapi/linux/user_events.h of Linux 6.4 and newer.
struct user_reg {
  uint32_t size;
  uint8_t enable_bit;
  uint8_t enable_size;
  uint16_t flags;
  uint64_t enable_addr;
  uint64_t name_args;
  uint32_t write_index;
} __attribute__((packed));

#define DIAG_IOCSREG 0xc0082a00u
#define DIAG_IOCSDEL 0x40082a01u
#define DIAG_IOCSUNREG 0x40082a02u

static const char *redirected(const char *path) {
  size_t length = strlen(path), name = strlen("user_events_data");
  return length >= name && strcmp(path + length - name, "user_events_data") == 0 ? "/dev/null" : path;
}

#define OPEN(function)                                                                  \
  int function(const char *path, int flags, ...) {                                      \
    static int (*real)(const char *, int, ...);                                         \
    if (!real) real = (int (*)(const char *, int, ...))dlsym(RTLD_NEXT, #function);     \
    va_list list;                                                                       \
    va_start(list, flags);                                                              \
    mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(list, mode_t) : 0;             \
    va_end(list);                                                                       \
    return real(redirected(path), flags, mode);                                         \
  }

OPEN(open)
OPEN(open64)

int ioctl(int file, unsigned long request, ...) {
  static int (*real)(int, unsigned long, ...);
  if (!real) real = (int (*)(int, unsigned long, ...))dlsym(RTLD_NEXT, "ioctl");
  va_list list;
  va_start(list, request);
  void *argument = va_arg(list, void *);
  va_end(list);
  switch ((uint32_t)request) {
    case DIAG_IOCSREG: {
      struct user_reg *registration = argument;
      if (registration->enable_size == 8) *(uint64_t *)registration->enable_addr |= 1ull << registration->enable_bit;
      else *(uint32_t *)registration->enable_addr |= 1u << registration->enable_bit;
      registration->write_index = 0;
      return 0;
    }
    case DIAG_IOCSDEL:
    case DIAG_IOCSUNREG:
      return 0;
    default:
      return real(file, request, argument);
  }
}
