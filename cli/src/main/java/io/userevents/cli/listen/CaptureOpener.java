// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli.listen;

import io.userevents.cli.capture.Capture;
import io.userevents.cli.capture.Facility;
import java.io.IOException;

/** Attaches to an event. Tests use captures that do not need the kernel. */
@FunctionalInterface
public interface CaptureOpener {

  /**
   * Attaches.
   *
   * @param eventName of the tracepoint
   * @param facility that delivers the events
   * @param bufferKb of the kernel's buffers
   */
  Capture open(String eventName, Facility facility, int bufferKb) throws IOException;
}
