// SPDX-License-Identifier: Apache-2.0
package io.userevents.agent.internal.health;

/**
 * One value of the agent's own metrics. Values with the same name follow one another and differ in
 * the value of their label.
 *
 * <p>This type is internal, is not for public use and may change at any time.
 *
 * @param name of the metric in OpenTelemetry's form, with dots
 * @param kind counter or gauge
 * @param unit of UCUM, such as {@code By} or {@code {event}}
 * @param description one sentence
 * @param label name of the attribute that distinguishes values of one name; empty if there is none
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

  /** The kind of a value. */
  public enum Kind {
    /** A count since the start of the agent. It never falls. */
    COUNTER,
    /** The current value. */
    GAUGE
  }

  /** Creates a count without a label. */
  public static Measure counter(String name, String unit, String description, long value) {
    return new Measure(name, Kind.COUNTER, unit, description, "", "", value);
  }

  /** Creates a current value without a label. */
  public static Measure gauge(String name, String unit, String description, long value) {
    return new Measure(name, Kind.GAUGE, unit, description, "", "", value);
  }

  /** Returns this value with a label that distinguishes it from others of its name. */
  public Measure with(String label, String labelValue) {
    return new Measure(name, kind, unit, description, label, labelValue, value);
  }
}
