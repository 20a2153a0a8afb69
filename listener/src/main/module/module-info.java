// SPDX-License-Identifier: Apache-2.0
/** Reads events of a Linux user_events tracepoint. */
@SuppressWarnings({"requires-automatic", "requires-transitive-automatic", "module"})
module io.userevents.listener {
  requires java.logging;
  requires transitive io.userevents.linux;
  requires static transitive org.agrona.core;
  requires static com.github.luben.zstd_jni;
  requires static org.jspecify;

  exports io.userevents.listener;
  exports io.userevents.listener.file;
}
