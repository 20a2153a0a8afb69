// SPDX-License-Identifier: Apache-2.0
package io.userevents.kernel;

import java.util.List;

/** A listener that was attached when this was made. */
@FunctionalInterface
interface EventReader {

  /**
   * Detaches and returns the buffers of all events that were received, in the order in which they
   * were written. Fails if the kernel has lost any.
   */
  List<byte[]> end() throws Exception;

  /** Attaches a listener; once this has returned, each event that is written is recorded. */
  @FunctionalInterface
  interface Source {
    EventReader start() throws Exception;
  }
}
