// SPDX-License-Identifier: Apache-2.0
package io.userevents.agent;

import io.userevents.agent.internal.process.ProcessFilter;
import java.time.Duration;
import java.util.List;

/**
 * The options of the reader.
 *
 * @param processFilter selects the processes whose events are kept
 * @param metricPrefixes prefixes of the names of metrics to keep; empty to keep all metrics
 * @param isAttributing whether to append the kernel's data about the process
 * @param hostName the attribute {@code host.name}; empty to leave it out
 * @param batchDelay the longest time that an event waits for others
 */
record ReaderOptions(
    ProcessFilter processFilter,
    List<String> metricPrefixes,
    boolean isAttributing,
    String hostName,
    Duration batchDelay) {}
