// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import io.userevents.tracepoint.EventLayout;
import io.userevents.tracepoint.KernelTracepoint;
import io.userevents.tracepoint.Tracepoint;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Holds a builder's settings of the tracepoint. It is either a tracepoint that was set, which
 * serves one pipeline, or a new tracepoint of the kernel for each pipeline. This class is not
 * thread-safe.
 */
final class TracepointChoice {

  private String eventName = EventLayout.OTLP_METRICS;
  private @Nullable Path tracefs;
  private int dataFileDescriptor = TracepointSettings.NO_DESCRIPTOR;
  private TracepointStateListener stateListener = TracepointStateListener.NONE;
  private Duration registrationWait;
  private Duration retryPeriod;
  private @Nullable Tracepoint tracepoint;

  /** Whether a pipeline has the tracepoint. Copies that have the same tracepoint share it. */
  private AtomicBoolean taken = new AtomicBoolean();

  TracepointChoice(Duration defaultRegistrationWait, Duration defaultRetryPeriod) {
    registrationWait = defaultRegistrationWait;
    retryPeriod = defaultRetryPeriod;
  }

  private TracepointChoice(TracepointChoice other) {
    eventName = other.eventName;
    tracefs = other.tracefs;
    dataFileDescriptor = other.dataFileDescriptor;
    stateListener = other.stateListener;
    registrationWait = other.registrationWait;
    retryPeriod = other.retryPeriod;
    tracepoint = other.tracepoint;
    taken = other.taken;
  }

  TracepointChoice copy() {
    return new TracepointChoice(this);
  }

  void eventName(String name) {
    eventName = EventLayout.requireValidName(name);
  }

  void tracefs(Path path) {
    tracefs = path;
  }

  void dataFileDescriptor(int descriptor) {
    if (descriptor < TracepointSettings.NO_DESCRIPTOR) {
      throw new IllegalArgumentException(
          "dataFileDescriptor must be 0 or more, or -1 for none: dataFileDescriptor=" + descriptor);
    }
    dataFileDescriptor = descriptor;
  }

  void stateListener(TracepointStateListener listener) {
    stateListener = listener;
  }

  void registrationWait(Duration wait) {
    registrationWait = SettingRanges.requireRegistrationWait(wait);
  }

  void retryPeriod(Duration period) {
    retryPeriod = SettingRanges.requireRetryPeriod(period);
  }

  void tracepoint(Tracepoint set) {
    tracepoint = set;
    taken = new AtomicBoolean();
  }

  TracepointSettings settings() {
    return new TracepointSettings(
        stateListener, registrationWait, retryPeriod, tracefs, dataFileDescriptor);
  }

  /**
   * Returns the tracepoint for a pipeline, which then owns it.
   *
   * @throws IllegalStateException if another pipeline has it
   */
  Tracepoint take() {
    Tracepoint set = tracepoint;
    if (set == null) {
      return kernelTracepoint();
    }
    if (!taken.compareAndSet(false, true)) {
      throw new IllegalStateException(
          "one pipeline for each tracepoint: set another one: tracepoint=" + set);
    }
    return set;
  }

  /** Takes the tracepoint back from a pipeline that could not be built. */
  void giveBack() {
    taken.set(false);
  }

  private Tracepoint kernelTracepoint() {
    if (dataFileDescriptor != TracepointSettings.NO_DESCRIPTOR) {
      return new KernelTracepoint(eventName, dataFileDescriptor);
    }
    return tracefs == null
        ? new KernelTracepoint(eventName)
        : new KernelTracepoint(eventName, tracefs);
  }
}
