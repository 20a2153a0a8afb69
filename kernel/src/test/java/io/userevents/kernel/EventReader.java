// SPDX-License-Identifier: Apache-2.0
package io.userevents.kernel;

import java.util.List;

/** A listener that is attached when this object is created. */
@FunctionalInterface
interface EventReader {

  /**
   * Detaches and returns the buffers of all events that were received, in the order in which they
   * were written. Fails if the kernel has lost any.
   */
  List<byte[]> end() throws Exception;

  /** Attaches a listener. Each event that is written after this has returned is recorded. */
  @FunctionalInterface
  interface Source {
    EventReader start() throws Exception;
  }
}
