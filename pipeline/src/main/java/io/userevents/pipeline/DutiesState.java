// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

/** Holds the times that {@link Duties} notes, off the cache lines of other objects. Consumer's. */
class DutiesState extends ConsumerPadding {

  long lastLookNs;
  long nextReportNs;
}
