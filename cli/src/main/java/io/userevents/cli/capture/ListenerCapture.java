// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli.capture;

import io.userevents.listener.EventHandler;
import io.userevents.listener.Sample;
import java.io.IOException;

/** A capture that copies the events and finds the processes, which ftrace does not report. */
final class ListenerCapture implements Capture {

  private final SampleCapture capture;
  private final ProcessTable processes = new ProcessTable();

  ListenerCapture(SampleCapture capture) {
    this.capture = capture;
  }

  @Override
  public int poll(Handler handler, int timeoutMs) throws IOException {
    EventHandler copying =
        sample -> {
          byte[] bytes = new byte[sample.payload().capacity()];
          sample.payload().getBytes(0, bytes);
          handler.onEvent(bytes, sample.timestampNs(), pid(sample));
        };
    return capture.poll(copying, timeoutMs);
  }

  private int pid(Sample sample) {
    int pid = sample.pid();
    return pid == Sample.UNKNOWN_PID ? processes.processOf(sample.tid()) : pid;
  }

  @Override
  public void detach() throws IOException {
    capture.detach();
  }

  @Override
  public Counts counts() throws IOException {
    return capture.counts();
  }

  @Override
  public String source() {
    return capture.source();
  }

  @Override
  public void close() {
    capture.close();
  }
}
