// SPDX-License-Identifier: Apache-2.0
package io.userevents.bench;

import io.userevents.cli.forward.LoadedForward;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * Prints the CPU time of the command {@code forward} with its defaults while it has little to do:
 * nobody writes, or an application exports its series at an interval. The processes run side by
 * side, and the first minutes, in which the JVM starts and compiles, are a line of their own. The
 * wake-ups of the kernel's buffers are not in the figures, because the events are in memory.
 *
 * <p>Arguments: number of series; seconds of the interval; processes of each kind; minutes until
 * the measurement; minutes of the measurement. The flags of this JVM are those of the agents.
 */
public final class ForwardIdle {

  private record Agent(String kind, Process process, List<Duration> cpu) {}

  private ForwardIdle() {}

  /** Measures and prints. */
  public static void main(String[] args) throws Exception {
    if (args.length != 5) {
      System.err.println("arguments: SERIES INTERVAL_SECONDS PROCESSES START_MINUTES MINUTES");
      System.exit(2);
    }
    long minutes = Long.parseLong(args[4]);
    List<Agent> agents = new ArrayList<>();
    try (OtlpReceiver receiver = new OtlpReceiver()) {
      for (int i = 0; i < Integer.parseInt(args[2]); i++) {
        agents.add(start("nobody writes", receiver, args[0], "0"));
        agents.add(start(args[0] + " series each " + args[1] + " s", receiver, args[0], args[1]));
      }
      TimeUnit.MINUTES.sleep(Long.parseLong(args[3]));
      agents.forEach(ForwardIdle::note);
      TimeUnit.MINUTES.sleep(minutes);
      agents.forEach(ForwardIdle::note);
      for (Agent agent : agents) {
        long startMs = agent.cpu().get(0).toMillis();
        long ms = agent.cpu().get(1).toMillis() - startMs;
        System.out.printf(
            Locale.ROOT,
            "%s: start %d ms; then %d ms in %d min, %.2f s an hour, %.6f of a CPU%n",
            agent.kind(),
            startMs,
            ms,
            minutes,
            ms * 0.06 / minutes,
            ms / 60_000.0 / minutes);
      }
    } finally {
      agents.forEach(agent -> agent.process().destroyForcibly());
    }
  }

  private static Agent start(String kind, OtlpReceiver receiver, String series, String interval)
      throws IOException {
    List<String> command = new ArrayList<>(Commands.java());
    command.addAll(List.of(LoadedForward.class.getName(), "bursts", series, interval));
    command.addAll(List.of(receiver.url(), "--health=0"));
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    return new Agent(kind, process, new ArrayList<>());
  }

  private static void note(Agent agent) {
    agent.cpu().add(agent.process().info().totalCpuDuration().orElseThrow());
  }
}
