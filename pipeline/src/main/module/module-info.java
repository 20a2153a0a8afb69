// SPDX-License-Identifier: Apache-2.0
/**
 * Takes records from any thread and writes them to a Linux user_events tracepoint.
 *
 * <p>Agrona is not required by name, since that is {@code org.agrona.core} in version 1 and {@code
 * org.agrona} in version 2. Both are automatic modules, as JNA is, and whoever reads one reads all.
 */
@SuppressWarnings({"requires-automatic", "requires-transitive-automatic", "module"})
module io.userevents.pipeline {
  requires java.logging;
  // Of Agrona, which cannot say so.
  requires jdk.unsupported;
  requires com.lmax.disruptor;
  requires transitive com.sun.jna;
  requires static transitive org.agrona.core;
  requires static org.jspecify;

  exports io.userevents.affinity;
  exports io.userevents.memory;
  exports io.userevents.pipeline;
  exports io.userevents.syscall;
  exports io.userevents.tracepoint;
  exports io.userevents.internal.libraries to
      io.userevents.exporter;
}
