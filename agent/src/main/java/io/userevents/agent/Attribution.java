// SPDX-License-Identifier: Apache-2.0
package io.userevents.agent;

import io.userevents.agent.internal.process.ProcessInfo;
import io.userevents.agent.internal.wire.ResourceAttributes;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The resource attributes that the agent appends to a process's events, as a message that is
 * encoded once. The names are those of OpenTelemetry's semantic conventions 1.37 with the prefix
 * {@code user_events.}. The prefix keeps them apart from the attributes that a process sets.
 *
 * <p>Not thread-safe.
 */
final class Attribution {

  private static final int MAX_PROCESSES = 4096;

  private final String hostName;
  private final Map<ProcessInfo, byte[]> encoded = new HashMap<>();
  private @Nullable ProcessInfo lastProcess;
  private byte[] last = {};

  /** Creates the attributes for processes on this host. An empty host name sets no attribute. */
  Attribution(String hostName) {
    this.hostName = hostName;
  }

  /** Returns a Resource message. The caller must not change it. */
  byte[] of(ProcessInfo process) {
    if (!process.equals(lastProcess)) {
      if (encoded.size() >= MAX_PROCESSES) {
        encoded.clear();
      }
      last = encoded.computeIfAbsent(process, this::encode);
      lastProcess = process;
    }
    return last;
  }

  private byte[] encode(ProcessInfo process) {
    ResourceAttributes attributes = new ResourceAttributes();
    if (process.pid() > 0) {
      attributes.put("process.pid", process.pid());
    }
    if (process.userId() >= 0) {
      attributes.put("process.user.id", process.userId());
    }
    return attributes
        .put("process.executable.name", process.name())
        .put("process.executable.path", process.executable())
        .put("process.command", process.command())
        .put("container.id", process.containerId())
        .put("k8s.pod.uid", process.podUid())
        .put("host.name", hostName)
        .encode();
  }
}
