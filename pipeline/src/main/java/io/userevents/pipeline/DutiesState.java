// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

/**
 * Holds the times that {@link Duties} notes, away from the cache lines of other objects. Only the
 * consumer uses it.
 */
class DutiesState extends ConsumerPadding {

  long lastLookNs;
  long nextReportNs;
}
