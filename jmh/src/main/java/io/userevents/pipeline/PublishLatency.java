// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Draws how long {@code publish} takes its caller, up to the 99.999th percentile, for records of
 * 200 bytes on their way to {@code /dev/null}:
 *
 * <ul>
 *   <li>each wait strategy with the default policy, at a steady rate;
 *   <li>each back-pressure policy with the default wait strategy, in bursts larger than the ring.
 * </ul>
 *
 * <p>Each panel has a baseline, which is the same without a call; it shows the time of the clock
 * and of the machine's own interruptions. There is one publisher, which spins between calls, so the
 * program needs one core for it and one for the consumer. A call starts when the one before has
 * ended: the chart shows how long calls take, not how late they come.
 *
 * <p>All curves come from one JVM, so that the JVM does not compile calls of strategies and
 * policies for a single implementation. The same percentiles are printed as tables.
 *
 * <p>Arguments: the file to draw, a PNG, and the number of calls for each curve, 2 million by
 * default.
 */
public final class PublishLatency {

  /** The logger of pipelines, kept because the level is lost with its logger. */
  private static final Logger LOGGER = Logger.getLogger(RecordPipeline.class.getName());

  private static final long DEFAULT_SAMPLES = 2_000_000;

  private static final Load STEADY = new Load(1, TimeUnit.MICROSECONDS.toNanos(5));

  /** The load of bursts. The pause lets the ring run empty, and the consumer go to sleep. */
  private static final Load OVERLOAD =
      new Load(4 * RecordPipelineBuilder.DEFAULT_RING_SLOTS, TimeUnit.MILLISECONDS.toNanos(2));

  private final long samples;

  private PublishLatency(long samples) {
    this.samples = samples;
  }

  /** Measures this many calls for each curve. From then on, drops are not logged. */
  public static List<LatencyPanel> measure(long samples) {
    // The tables show the drops.
    LOGGER.setLevel(Level.SEVERE);
    PublishLatency latency = new PublishLatency(samples);
    return List.of(latency.waitStrategies(), latency.policies());
  }

  /** Measures, prints and draws. */
  public static void main(String[] args) throws IOException {
    if (args.length < 1) {
      System.err.println("usage: PublishLatency FILE.png [SAMPLES]");
      System.exit(2);
    }
    System.setProperty("java.awt.headless", "true");
    Path file = Path.of(args[0]);
    long samples = args.length > 1 ? Long.parseLong(args[1]) : DEFAULT_SAMPLES;
    List<LatencyPanel> panels = measure(samples);
    System.out.println(
        "java -cp jmh/target/benchmarks.jar "
            + PublishLatency.class.getName()
            + " "
            + String.join(" ", args));
    for (LatencyPanel panel : panels) {
      System.out.println();
      System.out.print(panel.table());
    }
    LatencyChart.draw(panels, file);
  }

  private LatencyPanel waitStrategies() {
    List<LatencyCurve> curves = new ArrayList<>();
    curves.add(LatencyCurve.baseline(STEADY, samples));
    for (ConsumerWaitStrategy strategy : ConsumerWaitStrategy.values()) {
      curves.add(
          LatencyCurve.publish(
              strategy.name(),
              RecordPipeline.builder().setWaitStrategy(strategy),
              STEADY,
              samples));
    }
    return new LatencyPanel("Wait strategies, one record every 5 µs", curves);
  }

  private LatencyPanel policies() {
    List<LatencyCurve> curves = new ArrayList<>();
    curves.add(LatencyCurve.baseline(OVERLOAD, samples));
    curves.add(overload("drop()", BackPressurePolicies.drop()));
    curves.add(overload("dropByPriority(0.5, 1)", BackPressurePolicies.dropByPriority(0.5, 1)));
    curves.add(overload("spinThenDrop(100)", BackPressurePolicies.spinThenDrop(100)));
    curves.add(
        overload("waitThenDrop(1 ms)", BackPressurePolicies.waitThenDrop(Duration.ofMillis(1))));
    curves.add(overload("waitUnbounded()", BackPressurePolicies.waitUnbounded()));
    return new LatencyPanel(
        "Back-pressure policies, bursts of 4,096 records into a ring of 1,024", curves);
  }

  private LatencyCurve overload(String name, BackPressurePolicy policy) {
    return LatencyCurve.publish(
        name, RecordPipeline.builder().setBackPressurePolicy(policy), OVERLOAD, samples);
  }
}
