// SPDX-License-Identifier: Apache-2.0
package io.userevents.agent;

import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * An agent in a process that is killed: writes numbered events as fast as a limit lets it, and says
 * after each cycle how many events have been received and how many of these are in memory.
 *
 * <p>Arguments: URL, folder of the spool, number of the first event, number of this life.
 */
final class KilledAgentProgram {

  private static final int EVENTS_PER_CYCLE = 50;

  /**
   * With more in memory the dispatcher spools newer events while it still sends the oldest ones, or
   * drops some, and the events that are safe are not the first ones any more.
   */
  private static final long MAX_MEMORY_BYTES =
      8 * Batch.memoryBytes(ForwarderBuilder.DEFAULT_BATCH_BYTES);

  private KilledAgentProgram() {}

  public static void main(String[] arguments) throws Exception {
    ScriptedSource source = new ScriptedSource();
    Forwarder forwarder =
        Forwarder.builder("otlp_metrics")
            .setEndpoint(arguments[0])
            .setSpool(Path.of(arguments[1]))
            .setBatchDelay(Duration.ofMillis(5))
            // A request whose answer comes too late on a busy machine would be sent twice.
            .setTimeout(Duration.ofMinutes(2))
            .setSelfMetricsInterval(Duration.ZERO)
            .addHeader(KilledAgentTest.LIFE, arguments[3])
            .start(() -> source);
    long next = Long.parseLong(arguments[2]);
    System.out.println("recovered " + forwarder.statistics().recovered());
    while (true) {
      long first = next;
      source.writeBetweenReads(
          () -> {
            for (int i = 0; i < EVENTS_PER_CYCLE; i++) {
              source.write(Payloads.event("killed", first + i, 1), 1);
            }
          });
      next += EVENTS_PER_CYCLE;
      do {
        TimeUnit.MILLISECONDS.sleep(20);
      } while (forwarder.statistics().memoryBytes() > MAX_MEMORY_BYTES);
      ForwarderStatistics statistics = forwarder.statistics();
      System.out.println(
          "received " + statistics.received() + " memory " + statistics.events(Outcome.IN_MEMORY));
      System.out.flush();
    }
  }
}
