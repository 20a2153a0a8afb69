// SPDX-License-Identifier: Apache-2.0
package io.userevents.agent.internal.spool;

/** The clocks of the machine. */
interface Clocks {

  Clocks SYSTEM =
      new Clocks() {
        @Override
        public long wallMs() {
          return System.currentTimeMillis();
        }

        @Override
        public long monotonicNs() {
          return System.nanoTime();
        }
      };

  /** Milliseconds since 1970, by a clock that people and NTP may set. */
  long wallMs();

  /** Nanoseconds since some time, by a clock that nobody sets. */
  long monotonicNs();
}
