// SPDX-License-Identifier: Apache-2.0
/**
 * Makes system calls and registers Linux user_events tracepoints.
 *
 * <p>The module of Agrona is {@code org.agrona.core} in version 1 and {@code org.agrona} in version
 * 2. Both are automatic modules, like JNA, and a module that reads one of them reads all. So only
 * compilers need the name below.
 */
@SuppressWarnings({"requires-automatic", "requires-transitive-automatic", "module"})
module io.userevents.linux {
  requires java.logging;
  // Agrona needs it, and an automatic module cannot say so.
  requires jdk.unsupported;
  requires transitive com.sun.jna;
  requires static transitive org.agrona.core;
  requires static org.jspecify;

  exports io.userevents.affinity;
  exports io.userevents.tracepoint;
  exports io.userevents.internal.libraries to
      io.userevents.exporter,
      io.userevents.pipeline;
  exports io.userevents.internal.log to
      io.userevents.exporter,
      io.userevents.listener,
      io.userevents.pipeline;
  exports io.userevents.internal.memory to
      io.userevents.listener,
      io.userevents.pipeline;
  exports io.userevents.internal.perf to
      io.userevents.listener;
  exports io.userevents.internal.syscall to
      io.userevents.listener,
      io.userevents.pipeline;
}
