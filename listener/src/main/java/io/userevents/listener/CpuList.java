// SPDX-License-Identifier: Apache-2.0
package io.userevents.listener;

import java.util.BitSet;

/** Reads lists of CPUs as sysfs prints them, e.g. {@code 0-3,5,8-11} ({@code cpu/online}). */
final class CpuList {

  /** Higher than any {@code CONFIG_NR_CPUS}. Bounds the memory that a text can demand. */
  private static final int MAX_CPU = 1 << 16;

  private CpuList() {}

  static BitSet parse(String text) throws ListenerException {
    BitSet cpus = new BitSet();
    String list = text.strip();
    if (list.isEmpty()) {
      return cpus;
    }
    for (String range : list.split(",", -1)) {
      int dash = range.indexOf('-');
      int first = number(dash < 0 ? range : range.substring(0, dash), text);
      int last = dash < 0 ? first : number(range.substring(dash + 1), text);
      if (last < first) {
        throw ListenerException.ofText("a range of CPUs runs backwards", text);
      }
      cpus.set(first, last + 1);
    }
    return cpus;
  }

  private static int number(String digits, String text) throws ListenerException {
    try {
      int number = Integer.parseInt(digits);
      if (number >= 0 && number < MAX_CPU) {
        return number;
      }
    } catch (NumberFormatException e) {
      // Reported below, with the whole text.
    }
    throw ListenerException.ofText("the list of CPUs has no number where one belongs", text);
  }
}
