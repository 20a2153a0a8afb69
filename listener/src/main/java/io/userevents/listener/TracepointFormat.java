// SPDX-License-Identifier: Apache-2.0
package io.userevents.listener;

import static java.util.Objects.requireNonNull;

/**
 * A tracepoint as the kernel describes it: with this, the bytes of {@link Sample#event} can be
 * decoded elsewhere. Immutable.
 */
public final class TracepointFormat {

  private final String name;
  private final int id;
  private final String text;

  /**
   * Describes a tracepoint.
   *
   * @param name of the event, e.g. {@code otlp_metrics}
   * @param id number of the event, which its first field has
   * @param text of the file {@code format} in tracefs
   */
  public TracepointFormat(String name, int id, String text) {
    this.name = requireNonNull(name, "name");
    this.id = id;
    this.text = requireNonNull(text, "text");
  }

  /** Name of the event, without {@code user_events}. */
  public String name() {
    return name;
  }

  /** Number of the event, see {@link Sample#tracepointId}. */
  public int id() {
    return id;
  }

  /** Text of the event's file {@code format}. */
  public String text() {
    return text;
  }

  @Override
  public String toString() {
    return "TracepointFormat{name=" + name + ", id=" + id + "}";
  }
}
