// SPDX-License-Identifier: Apache-2.0
package io.userevents.stress;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.openjdk.jcstress.Options;
import org.openjdk.jcstress.TestExecutor;
import org.openjdk.jcstress.infra.TestInfo;
import org.openjdk.jcstress.infra.collectors.TestResultCollector;
import org.openjdk.jcstress.infra.runners.TestConfig;
import org.openjdk.jcstress.infra.runners.TestList;
import org.openjdk.jcstress.os.AffinityMode;
import org.openjdk.jcstress.os.Scheduler;
import org.openjdk.jcstress.os.SchedulingClass;
import org.openjdk.jcstress.os.topology.PresetRegularTopology;
import org.openjdk.jcstress.os.topology.Topology;
import org.openjdk.jcstress.os.topology.TopologyParseException;
import org.openjdk.jcstress.vm.CompileMode;

/**
 * Runs all races on the class path, each in separate JVMs, which get the flags of this one.
 *
 * <p>Takes the place of jcstress' own main program. That one leaves out every race with more actors
 * than the machine has processors, and ends well even so; here such a race is run with the actors
 * taking turns on the processors that there are.
 */
final class StressRun {

  /** None, each alone, and one that places code at random. */
  private static final List<List<String>> EVERY_COMPILER =
      List.of(
          List.of("-Xint"),
          List.of("-XX:TieredStopAtLevel=1"),
          List.of("-XX:-TieredCompilation"),
          List.of(
              "-XX:-TieredCompilation",
              "-XX:+UnlockDiagnosticVMOptions",
              "-XX:+StressLCM",
              "-XX:+StressGCM"));

  /** Many times what a race takes: whatever runs for longer has stalled, and fails. */
  private static final Duration MAX_FORK_TIME = Duration.ofMinutes(2);

  private final Options options;
  private final List<List<String>> compilers;

  private StressRun(List<List<String>> compilers, String... arguments) throws IOException {
    this.compilers = compilers;
    options = new Options(arguments);
    if (!options.parse()) {
      throw new IllegalArgumentException(
          "arguments that jcstress does not take: " + List.of(arguments));
    }
  }

  /** Each race for seconds, in a JVM with its defaults. */
  static StressRun brief() throws IOException {
    return new StressRun(List.of(List.of()), arguments("-iters", "4", "-time", "750"));
  }

  /** Each race for seconds in each of several JVMs, since compilers order accesses differently. */
  static StressRun full() throws IOException {
    return new StressRun(EVERY_COMPILER, arguments("-iters", "5", "-time", "1000"));
  }

  private static String[] arguments(String... duration) {
    List<String> arguments = new ArrayList<>(List.of(duration));
    // Few between two meetings of the actors, or those in front would never meet those behind.
    arguments.addAll(List.of("-strideSize", "4", "-strideCount", "16"));
    // Others have to get on when there are fewer processors than actors.
    arguments.addAll(List.of("-spinStyle", "THREAD_YIELD"));
    return arguments.toArray(String[]::new);
  }

  /** Runs them to their end; results are added as they come, from several threads. */
  void run(TestResultCollector results) throws IOException, TopologyParseException {
    Collection<String> races = new TreeSet<>(TestList.tests());
    int actors = races.stream().mapToInt(race -> TestList.getInfo(race).threads()).max().orElse(0);
    int processors = Math.max(options.getCPUCount(), actors);
    Topology topology = new PresetRegularTopology(1, processors, 1);
    Scheduler scheduler = new Scheduler(topology, processors);
    List<TestConfig> program = new ArrayList<>();
    for (List<String> flags : flagsOfForks()) {
      for (String race : races) {
        TestInfo info = TestList.getInfo(race);
        for (SchedulingClass scheduling :
            scheduler.scheduleClasses(info.threads(), processors, AffinityMode.NONE)) {
          program.add(new TestConfig(options, info, 0, flags, CompileMode.UNIFIED, scheduling));
        }
      }
    }
    ScheduledExecutorService watch = Executors.newSingleThreadScheduledExecutor();
    var unused = watch.scheduleAtFixedRate(StressRun::endStalledForks, 1, 1, TimeUnit.SECONDS);
    try {
      new TestExecutor(options.verbosity(), results, scheduler).runAll(program);
    } finally {
      watch.shutdownNow();
    }
  }

  /** For jcstress, which waits without bound for a race that stalls in its first trial. */
  private static void endStalledForks() {
    Instant latestStart = Instant.now().minus(MAX_FORK_TIME);
    ProcessHandle.current()
        .children()
        .filter(fork -> fork.info().startInstant().map(latestStart::isAfter).orElse(false))
        .forEach(ProcessHandle::destroyForcibly);
  }

  private List<List<String>> flagsOfForks() {
    List<String> inherited = ManagementFactory.getRuntimeMXBean().getInputArguments();
    return compilers.stream()
        .map(flags -> Stream.concat(inherited.stream(), flags.stream()).toList())
        .toList();
  }
}
