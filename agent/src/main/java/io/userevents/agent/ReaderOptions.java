// SPDX-License-Identifier: Apache-2.0
package io.userevents.agent;

import io.userevents.agent.internal.process.ProcessFilter;
import java.time.Duration;
import java.util.List;

/**
 * What the reader does with events.
 *
 * @param processFilter whose events it keeps
 * @param metricPrefixes what names of metrics begin with that it keeps; empty to keep all
 * @param isAttributing whether it appends what the kernel says of the process
 * @param hostName the attribute {@code host.name}; empty to leave it out
 * @param batchDelay how long an event waits for others at most
 */
record ReaderOptions(
    ProcessFilter processFilter,
    List<String> metricPrefixes,
    boolean isAttributing,
    String hostName,
    Duration batchDelay) {}
