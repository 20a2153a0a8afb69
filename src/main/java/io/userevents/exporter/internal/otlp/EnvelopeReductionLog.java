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
 * Logs once what of a resource, a scope or a metric's header is not in the records. Thread-safe.
 */
public final class EnvelopeReductionLog {

  /** Distinct ones that are remembered; further ones are not logged, nor counted. */
  static final int MAX_REMEMBERED = 1000;

  /** Of these, as many are logged. */
  static final int MAX_LOGGED = 20;

  /** In characters of a name, and in fields that a line lists. */
  private static final int LONGEST_NAME = 100;

  private static final int MAX_LISTED = 20;

  private static final String PROPERTIES = "otel.exporter.user_events.";

  private static final String MAX_RECORD_LENGTH =
      PROPERTIES
          + "max_record_length (setMaxRecordLength), above "
          + EventLayout.MAX_LENGTH_FTRACE
          + " at the price of what ftrace delivers where pages have 4 KiB";

  private final Logger logger;
  private final Set<ReducedEnvelope> envelopes = new HashSet<>();

  /**
   * @param logger that gets the warnings
   */
  public EnvelopeReductionLog(Logger logger) {
    this.logger = logger;
  }

  private record ReducedEnvelope(EnvelopeReduction.Part part, String name) {}

  /**
   * Logs it, if it is the first one of this part and name: with one that is not kept it is called
   * for each export.
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
      log(
          number < MAX_LOGGED
              ? message
              : message + "; the statistics count further ones, up to " + MAX_REMEMBERED);
    }
  }

  /** How many distinct ones there were, up to {@value #MAX_REMEMBERED}. */
  public int distinct() {
    synchronized (envelopes) {
      return envelopes.size();
    }
  }

  private void log(String message) {
    try {
      // Not a pattern: attribute names may have braces.
      logger.log(Level.WARNING, message);
    } catch (Throwable e) {
      // The application's log handler: it must not break off an export.
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
          "exclude attributes that nobody needs with "
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
