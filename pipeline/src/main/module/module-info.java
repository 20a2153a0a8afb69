// SPDX-License-Identifier: Apache-2.0
/** Takes records from any thread and writes them to a Linux user_events tracepoint. */
@SuppressWarnings({"requires-automatic", "requires-transitive-automatic", "module"})
module io.userevents.pipeline {
  requires java.logging;
  requires com.lmax.disruptor;
  requires transitive io.userevents.linux;
  requires static transitive org.agrona.core;
  requires static org.jspecify;

  exports io.userevents.pipeline;
}
