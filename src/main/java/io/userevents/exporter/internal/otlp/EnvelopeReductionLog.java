// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter.internal.otlp;

import io.userevents.exporter.internal.otlp.EnvelopeReduction.Cut;
import io.userevents.tracepoint.EventLayout;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.StringJoiner;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Logs once which fields of a resource, a scope or a metric's header are not in the records.
 * Thread-safe.
 *
 * <p>This type is internal, is not for public use and may change at any time.
 */
public final class EnvelopeReductionLog {

  /**
   * The most distinct reductions that are remembered; further ones are neither logged nor counted.
   */
  static final int MAX_REMEMBERED = 1000;

  /** The most reductions that are logged. */
  static final int MAX_LOGGED = 20;

  /** The most characters of a name, and the most fields that a line lists. */
  private static final int LONGEST_NAME = 100;

  private static final int MAX_LISTED = 20;

  private static final String PROPERTIES = "otel.exporter.user_events.";

  private static final String MAX_RECORD_LENGTH =
      PROPERTIES
          + "max_record_length (setMaxRecordLength); above "
          + EventLayout.MAX_LENGTH_FTRACE
          + " ftrace loses the events where pages have 4 KiB";

  private final Logger logger;
  private final Set<ReducedEnvelope> envelopes = new HashSet<>();

  /**
   * Creates a log.
   *
   * @param logger logger of the warnings
   */
  public EnvelopeReductionLog(Logger logger) {
    this.logger = logger;
  }

  private record ReducedEnvelope(EnvelopeReduction.Part part, String name) {}

  /**
   * Logs a reduction if it is the first one of its part and name. For a part that the cache does
   * not keep, this is called for each export.
   *
   * @param reduction the reduction
   */
  public void add(EnvelopeReduction reduction) {
    int number;
    synchronized (envelopes) {
      if (envelopes.size() == MAX_REMEMBERED
          || !envelopes.add(new ReducedEnvelope(reduction.part(), shortened(reduction.name())))) {
        return;
      }
      number = envelopes.size();
    }
    if (number <= MAX_LOGGED) {
      String message = describe(reduction);
      log(number < MAX_LOGGED ? message : message + "; further ones are not logged");
    }
  }

  /** {@return the number of distinct reductions, up to {@value #MAX_REMEMBERED}} */
  public int distinct() {
    synchronized (envelopes) {
      return envelopes.size();
    }
  }

  private void log(String message) {
    try {
      // The message is not passed as a pattern, because attribute names may have braces.
      logger.log(Level.WARNING, message);
    } catch (Throwable e) {
      // A log handler of the application has failed; this must not end an export.
    }
  }

  private static String describe(EnvelopeReduction reduction) {
    StringJoiner cuts = new StringJoiner(", ");
    int listed = Math.min(MAX_LISTED, reduction.cuts().size());
    for (Cut cut : reduction.cuts().subList(0, listed)) {
      cuts.add(describe(cut));
    }
    if (listed < reduction.cuts().size()) {
      cuts.add(reduction.cuts().size() - listed + " more");
    }
    String part = reduction.part().name().toLowerCase(Locale.ROOT);
    return "a "
        + part
        + " takes more than its share of a record and is exported without all of it: "
        + part
        + "="
        + shortened(reduction.name())
        + " share="
        + reduction.budget()
        + " bytes, "
        + cuts
        + "; "
        + advice(reduction.part());
  }

  private static String describe(Cut cut) {
    String length =
        cut.length() == Integer.MAX_VALUE
            ? "more than 16 MiB, or nested too deeply"
            : cut.length() + " bytes";
    return shortened(cut.field())
        + (cut.keptLength() == 0
            ? " left out (" + length + ")"
            : " cut from " + length + " to " + cut.keptLength());
  }

  private static String advice(EnvelopeReduction.Part part) {
    return switch (part) {
      case RESOURCE ->
          "exclude attributes that no reader needs with "
              + PROPERTIES
              + "excluded_resource_attributes (setExcludedResourceAttributes), or raise "
              + MAX_RECORD_LENGTH;
      case SCOPE, METRIC -> "make it shorter, or raise " + MAX_RECORD_LENGTH;
    };
  }

  private static String shortened(String name) {
    return name.length() <= LONGEST_NAME ? name : CutText.cut(name, LONGEST_NAME);
  }
}
