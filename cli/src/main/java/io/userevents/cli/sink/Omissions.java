// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli.sink;

/** Clauses of a summary line about counts that are not 0. */
final class Omissions {

  private final StringBuilder text = new StringBuilder();

  Omissions add(long count, String what) {
    if (count != 0) {
      text.append("; ").append(count).append(what);
    }
    return this;
  }

  @Override
  public String toString() {
    return text.toString();
  }
}
