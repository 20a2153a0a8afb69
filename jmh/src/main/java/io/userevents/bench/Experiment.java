// SPDX-License-Identifier: Apache-2.0
package io.userevents.bench;

import java.util.List;

/** A part of the report, which measures figures that belong together. */
interface Experiment {

  /** Returns a short name for {@code --only}. */
  String id();

  /** Returns a line for {@code --list}. */
  String summary();

  /** Returns roughly how long the experiment takes, in seconds. */
  long estimatedSeconds(Effort effort);

  /**
   * Measures. Programs that it starts have ended when it returns or throws.
   *
   * @throws Exception if the experiment fails; the report says why and continues with the next one
   */
  List<Section> run(Effort effort) throws Exception;
}
