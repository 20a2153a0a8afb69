// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter.prepared;

/** Publishes nothing, because there is no pipeline. */
final class DisabledPublisher extends PointPublisher {

  private final String name;

  DisabledPublisher(String name) {
    this.name = name;
  }

  @Override
  boolean publish(long valueBits) {
    return false;
  }

  @Override
  boolean publish(long valueBits, long time) {
    return false;
  }

  @Override
  public String toString() {
    return "name=" + name + ", disabled";
  }
}
