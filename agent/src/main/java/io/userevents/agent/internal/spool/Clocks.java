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

  /** Returns milliseconds since 1970, by a clock that users and NTP may set. */
  long wallMs();

  /** Returns nanoseconds since an arbitrary time, by a clock that is never set. */
  long monotonicNs();
}
