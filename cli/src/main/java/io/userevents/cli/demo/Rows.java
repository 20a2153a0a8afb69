// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli.demo;

/** Shows points. Used by one thread at a time. */
interface Rows {

  /** Called once, before the first point. */
  void begin();

  /** Shows a point. */
  void print(PointRow row);

  /** Called once, after the last point. */
  void end(DemoSummary summary);
}
