// SPDX-License-Identifier: Apache-2.0
// The consumer's loop in C, to compare DrainBenchmark with: takes RECORDS records of LENGTH bytes from a ring of slots,
// gathers as many as an event of 4,048 bytes has room for, writes each event to /dev/null by writev and frees its slots.
// Filling the ring is not measured. Prints the nanoseconds a record of each round.
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

enum { SLOTS = 1024, SLOT_LENGTH = 4096, RECORDS = 1000, LENGTH = 200, MAX_EVENT = 4048, MAX_IOVECS = 64, HEADER = 14 };

static char *slots;
static _Atomic(uint32_t) lengths[SLOTS];
static _Atomic(uint64_t) gate;

static uint64_t now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

static void fill(uint64_t first, const char *record) {
  for (uint64_t i = first; i < first + RECORDS; i++) {
    memcpy(slots + (i % SLOTS) * SLOT_LENGTH, record, LENGTH);
    atomic_store_explicit(&lengths[i % SLOTS], LENGTH, memory_order_release);
  }
}

// Returns the bytes that were written.
static uint64_t drain(int file, uint64_t next, uint64_t end, char *header) {
  struct iovec iovecs[MAX_IOVECS];
  uint64_t written = 0;
  while (next < end) {
    int count = 1;
    uint32_t total = 0;
    uint64_t last = next;
    iovecs[0].iov_base = header;
    iovecs[0].iov_len = HEADER;
    while (last < end && count < MAX_IOVECS) {
      uint32_t length = atomic_load_explicit(&lengths[last % SLOTS], memory_order_acquire);
      if (length == 0 || total + length > MAX_EVENT) {
        break;
      }
      iovecs[count].iov_base = slots + (last % SLOTS) * SLOT_LENGTH;
      iovecs[count].iov_len = length;
      count++;
      total += length;
      last++;
    }
    memcpy(header + 10, &total, sizeof total);
    ssize_t result = writev(file, iovecs, count);
    if (result != (ssize_t)(total + HEADER)) {
      perror("writev");
      exit(1);
    }
    written += total;
    for (; next < last; next++) {
      atomic_store_explicit(&lengths[next % SLOTS], 0, memory_order_release);
      atomic_store_explicit(&gate, next, memory_order_release);
    }
  }
  return written;
}

int main(int count, char **arguments) {
  int rounds = count > 1 ? atoi(arguments[1]) : 10;
  int fills = count > 2 ? atoi(arguments[2]) : 10000;
  int file = open("/dev/null", O_WRONLY | O_CLOEXEC);
  slots = mmap(NULL, (size_t)SLOTS * SLOT_LENGTH, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (file < 0 || slots == MAP_FAILED) {
    perror("setup");
    return 1;
  }
  char record[LENGTH];
  memset(record, 7, sizeof record);
  char header[HEADER] = {0};
  uint64_t next = 0;
  for (int round = 0; round < rounds; round++) {
    uint64_t spent = 0;
    for (int i = 0; i < fills; i++) {
      fill(next, record);
      uint64_t begin = now();
      uint64_t written = drain(file, next, next + RECORDS, header);
      spent += now() - begin;
      next += RECORDS;
      if (written != (uint64_t)RECORDS * LENGTH) {
        fprintf(stderr, "records are missing\n");
        return 1;
      }
    }
    printf("%.3f\n", (double)spent / ((double)fills * RECORDS));
  }
  return 0;
}
