// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli.decode;

import io.userevents.cli.sink.Sink;
import io.userevents.listener.Sample;
import java.io.IOException;

/** Passes events to a sink that shows their points. */
final class PointSink implements EventSink {

  private final Sink sink;

  PointSink(Sink sink) {
    this.sink = sink;
  }

  @Override
  public void add(Sample sample) {
    byte[] event = new byte[sample.payload().capacity()];
    sample.payload().getBytes(0, event);
    int pid = sample.pid() == Sample.UNKNOWN_PID ? 0 : sample.pid();
    sink.add(event, pid, sample.timestampNs());
  }

  @Override
  public void refresh() throws IOException {
    sink.refresh("", 0);
  }

  @Override
  public void end() throws IOException {
    sink.end("", 0);
  }

  @Override
  public String summary() {
    return sink.points() + " points" + sink.omissions();
  }
}
