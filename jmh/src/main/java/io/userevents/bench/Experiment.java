// SPDX-License-Identifier: Apache-2.0
package io.userevents.bench;

import java.util.List;

/** A part of the report: measures some figures that belong together. */
interface Experiment {

  /** A short name for {@code --only}. */
  String id();

  /** A line for {@code --list}. */
  String summary();

  /** How long it takes, roughly. */
  long estimatedSeconds(Effort effort);

  /**
   * Measures. Programs that it starts have ended when it returns or throws.
   *
   * @throws Exception if it fails: the report goes on with the next one, and says why
   */
  List<Section> run(Effort effort) throws Exception;
}
