// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli.record;

import io.userevents.cli.RecordedFile;
import io.userevents.cli.capture.Capture;
import io.userevents.cli.capture.SampleCapture;
import io.userevents.listener.EventHandler;
import io.userevents.listener.TracepointFormat;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/** Events that a test has queued; each poll delivers one batch. */
class ScriptedSampleCapture implements SampleCapture {

  final Queue<List<byte[]>> batches = new ArrayDeque<>();
  final Queue<List<byte[]>> batchesWhileDetaching = new ArrayDeque<>();
  final List<String> names = new ArrayList<>();
  @Nullable String refusal;
  long lost;
  long interruptions;
  private long received;
  boolean isClosed;

  @Override
  public int poll(EventHandler handler, int timeoutMs) {
    List<byte[]> batch = batches.poll();
    if (batch == null) {
      return 0;
    }
    received += batch.size();
    RecordedFile.handOut(batch, handler);
    return batch.size();
  }

  @Override
  public void detach() {
    batches.addAll(batchesWhileDetaching);
  }

  @Override
  public Capture.Counts counts() {
    return new Capture.Counts(
        received, lost == 0 ? Map.of() : Map.of("kernel", lost), interruptions);
  }

  @Override
  public String source() {
    return "script";
  }

  @Override
  public List<TracepointFormat> formats() {
    return List.of(RecordedFile.format("otlp_metrics"));
  }

  @Override
  public void close() {
    isClosed = true;
  }
}
