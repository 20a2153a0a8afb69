// SPDX-License-Identifier: Apache-2.0
package io.userevents.listener;

import static java.util.Objects.requireNonNull;

/**
 * The kernel's description of a tracepoint. It contains everything that another program needs to
 * decode the bytes of {@link Sample#event}. Immutable.
 *
 * @since 0.1.0
 */
public final class TracepointFormat {

  private final String name;
  private final int id;
  private final String text;

  /**
   * Creates the description of a tracepoint.
   *
   * @param name of the event, e.g. {@code otlp_metrics}
   * @param id number of the event, which is the value of its first field
   * @param text content of the event's file {@code format} in tracefs
   */
  public TracepointFormat(String name, int id, String text) {
    this.name = requireNonNull(name, "name");
    this.id = id;
    this.text = requireNonNull(text, "text");
  }

  /** {@return the name of the event, without the system {@code user_events}} */
  public String name() {
    return name;
  }

  /** {@return the number of the event, see {@link Sample#tracepointId}} */
  public int id() {
    return id;
  }

  /** {@return the content of the event's file {@code format}} */
  public String text() {
    return text;
  }

  @Override
  public String toString() {
    return "TracepointFormat{name=" + name + ", id=" + id + "}";
  }
}
