// SPDX-License-Identifier: Apache-2.0
package io.userevents.agent.internal.health;

/**
 * One value of the agent's metrics of itself. Those of one name follow each other and differ by the
 * value of their label.
 *
 * @param name as OpenTelemetry names metrics, with dots
 * @param kind what the value is
 * @param unit of UCUM, such as {@code By} or {@code {event}}
 * @param description one sentence
 * @param label name of the attribute that tells values of one name apart; empty if there is none
 * @param labelValue value of the attribute
 * @param value the value
 */
public record Measure(
    String name,
    Kind kind,
    String unit,
    String description,
    String label,
    String labelValue,
    long value) {

  /** What a value is. */
  public enum Kind {
    /** A count since the agent began, which never falls. */
    COUNTER,
    /** The value as it is now. */
    GAUGE
  }

  /** A count without a label. */
  public static Measure counter(String name, String unit, String description, long value) {
    return new Measure(name, Kind.COUNTER, unit, description, "", "", value);
  }

  /** A value without a label. */
  public static Measure gauge(String name, String unit, String description, long value) {
    return new Measure(name, Kind.GAUGE, unit, description, "", "", value);
  }

  /** This value, told apart from others of its name. */
  public Measure with(String label, String labelValue) {
    return new Measure(name, kind, unit, description, label, labelValue, value);
  }
}
