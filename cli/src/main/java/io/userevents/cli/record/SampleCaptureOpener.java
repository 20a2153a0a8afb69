// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli.record;

import io.userevents.cli.capture.Facility;
import io.userevents.cli.capture.SampleCapture;
import java.io.IOException;
import java.util.List;

/** Attaches to events. Tests use captures that do not need the kernel. */
@FunctionalInterface
interface SampleCaptureOpener {

  /**
   * Attaches.
   *
   * @param eventNames of the tracepoints
   * @param facility that delivers the events
   * @param bufferKb of the kernel's buffers
   */
  SampleCapture open(List<String> eventNames, Facility facility, int bufferKb) throws IOException;
}
