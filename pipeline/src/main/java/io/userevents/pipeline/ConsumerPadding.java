// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

/**
 * Puts a cache line in front of fields that the consumer writes while it waits, because the object
 * before them in memory may be one that publishers read for each record. The subclass that holds
 * the fields needs a subclass with a cache line behind them: the JVM lays out the fields of a class
 * behind those of its superclass, and fields of eight bytes first.
 */
@SuppressWarnings("UnusedVariable")
class ConsumerPadding {

  /** Fills the gap behind the header, in which the JVM would put a field of a subclass. */
  private int p0;

  private long p1;
  private long p2;
  private long p3;
  private long p4;
  private long p5;
  private long p6;
  private long p7;
  private long p8;
}
