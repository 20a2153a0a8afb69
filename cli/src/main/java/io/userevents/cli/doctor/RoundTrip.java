// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli.doctor;

import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.userevents.cli.capture.Capture;
import io.userevents.cli.capture.Captures;
import io.userevents.cli.capture.Facility;
import io.userevents.cli.doctor.Machine.Attempt;
import io.userevents.internal.memory.NativeRegion;
import io.userevents.internal.syscall.Errno;
import io.userevents.tracepoint.EventLayout;
import io.userevents.tracepoint.EventVector;
import io.userevents.tracepoint.KernelTracepoint;
import io.userevents.tracepoint.RegistrationException;
import java.io.IOException;
import java.util.Arrays;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Writes one event and reads it back. The event has a resource but no metrics, so it does not
 * disturb other listeners.
 */
final class RoundTrip {

  private static final long LIMIT_NS = TimeUnit.SECONDS.toNanos(5);
  private static final long PAUSE_NS = TimeUnit.MILLISECONDS.toNanos(1);
  private static final int POLL_MS = 100;

  private final byte[] event = event();
  private boolean isReceived;

  private static byte[] event() {
    ExportMetricsServiceRequest.Builder request = ExportMetricsServiceRequest.newBuilder();
    request
        .addResourceMetricsBuilder()
        .getResourceBuilder()
        .addAttributes(attribute("service.name", "user-events-doctor"))
        .addAttributes(attribute("service.instance.id", UUID.randomUUID().toString()));
    return request.build().toByteArray();
  }

  private static KeyValue attribute(String key, String value) {
    return KeyValue.newBuilder()
        .setKey(key)
        .setValue(AnyValue.newBuilder().setStringValue(value))
        .build();
  }

  /** The event must come back byte for byte. */
  Attempt by(Facility facility) throws IOException, RegistrationException {
    KernelTracepoint tracepoint = new KernelTracepoint(EventLayout.OTLP_METRICS);
    try (Capture capture = Captures.tryToOpen(EventLayout.OTLP_METRICS, facility)) {
      String unused = tracepoint.register();
      long start = System.nanoTime();
      int result = write(tracepoint, start);
      if (result != 0) {
        return failed(result);
      }
      while (!isReceived && System.nanoTime() - start < LIMIT_NS) {
        if (capture.poll(this::receive, POLL_MS) == Capture.CLOSED) {
          break;
        }
      }
      return isReceived
          ? Attempt.success("one event written and received by " + capture.source())
          : Attempt.failure(0, "an event that was written did not arrive within 5 s");
    } finally {
      tracepoint.close();
    }
  }

  private void receive(byte[] bytes, long timestampNs, int pid) {
    isReceived |= Arrays.equals(bytes, event);
  }

  private static Attempt failed(int result) {
    return Attempt.failure(-result, "writev failed: errno=" + Errno.describe(-result));
  }

  /** Waits for the listener first. The kernel reports it a moment after it has attached. */
  private int write(KernelTracepoint tracepoint, long start) {
    while (!tracepoint.isEnabled() && System.nanoTime() - start < LIMIT_NS) {
      LockSupport.parkNanos(PAUSE_NS);
    }
    NativeRegion record = NativeRegion.allocate(event.length, Long.BYTES);
    EventVector vector = new EventVector(1, EventLayout.MAX_LENGTH_FTRACE);
    try {
      record.buffer().putBytes(0, event);
      vector.add(record.buffer(), 0, event.length);
      return tracepoint.write(vector);
    } finally {
      vector.free();
      record.free();
    }
  }
}
