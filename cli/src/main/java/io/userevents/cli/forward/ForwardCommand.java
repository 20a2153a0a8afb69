// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli.forward;

import io.userevents.agent.Forwarder;
import io.userevents.agent.ForwarderBuilder;
import io.userevents.cli.console.CommandException;
import io.userevents.cli.console.ConsoleLog;
import io.userevents.cli.console.DurationConverter;
import io.userevents.cli.console.ExitCode;
import io.userevents.cli.console.StopSignal;
import io.userevents.listener.ListenerException;
import io.userevents.listener.Source;
import io.userevents.tracepoint.EventLayout;
import io.userevents.tracepoint.Tracefs;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code user-events forward}: sends the metrics of this machine to an OTLP endpoint. */
@Command(
    name = "forward",
    description = {
      "Send the metrics that applications of this machine export to an OTLP/HTTP endpoint, for"
          + " example an OpenTelemetry Collector.",
      "One request has many events. The agent leaves their data points unchanged, and adds resource"
          + " attributes with the kernel's data about the process. While the endpoint is"
          + " unreachable, events wait in the spool.",
      "--pid, --user, --container, --process and --metric select what is sent, and each may be"
          + " repeated. One value of each given option must match: --user app --metric http. sends"
          + " the metrics of the user app whose names begin with http.",
      "SIGTERM, SIGHUP and Ctrl-C end the command in order: it reads the remaining events, sends"
          + " them, and prints a line that accounts for each event. A second SIGTERM or Ctrl-C ends"
          + " it at once: the line then says how many events are lost in memory."
    },
    exitCodeListHeading = ExitCode.HEADING,
    exitCodeList = {
      "0:a signal ended it in order",
      "1:the command could not start, has failed, or has not ended in order",
      ExitCode.USAGE_LINE,
      "130:a second Ctrl-C ended it at once",
      ExitCode.CLOSED_PIPE_LINE,
      "143:a second SIGTERM ended it at once"
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  sudo user-events forward http://collector:4318",
      "  sudo user-events forward --spool /var/lib/user-events/spool --health 9464"
    })
public final class ForwardCommand implements Callable<Integer> {

  private static final Duration LOOK_INTERVAL = Duration.ofSeconds(1);
  private static final int MAX_PORT = 65_535;

  /** The longest wait of a command that ends at once, for a standard error that nobody reads. */
  private static final Duration MAX_LAST_LINE = Duration.ofSeconds(1);

  /** A setting of every kernel with CONFIG_USER_EVENTS since 6.4. Every user can see it. */
  private static final Path SETTING = Path.of("/proc/sys/kernel/user_events_max");

  /** Starts the agent. A program without a kernel gives it another source of events. */
  @FunctionalInterface
  interface Starter {

    Forwarder start(ForwarderBuilder builder) throws IOException;
  }

  private final StopSignal stop;
  private final Map<String, String> environment;
  private final Starter starter;

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Mixin private EndpointOptions endpointOptions = new EndpointOptions();

  @Option(
      names = "--event",
      paramLabel = "NAME",
      description =
          "Read this tracepoint. May be repeated. Default: " + EventLayout.OTLP_METRICS + ".")
  private List<String> events = List.of(EventLayout.OTLP_METRICS);

  @Option(
      names = "--source",
      paramLabel = "SOURCE",
      defaultValue = "auto",
      description = {
        "Read by perf, which needs CAP_PERFMON, or by ftrace, which needs root. auto uses perf if"
            + " possible. Default: ${DEFAULT-VALUE}."
      })
  private Kind source = Kind.auto;

  @Option(
      names = "--buffer-kb",
      paramLabel = "KB",
      description = "Set the size of the kernel's buffer of each CPU, in KiB.")
  private @Nullable Integer bufferKb;

  @Mixin private QueueOptions queueOptions = new QueueOptions();
  @Mixin private SelectionOptions selectionOptions = new SelectionOptions();

  @Option(
      names = "--health",
      paramLabel = "PORT",
      description =
          "Answer HTTP requests for /ready, /live and /metrics on this port. /metrics is for"
              + " Prometheus.")
  private @Nullable Integer healthPort;

  @Option(
      names = "--health-address",
      paramLabel = "ADDRESS",
      defaultValue = "127.0.0.1",
      description =
          "Let --health listen on this address; 0.0.0.0 for all. Default: ${DEFAULT-VALUE}.")
  private String healthAddress = "127.0.0.1";

  @Option(
      names = "--self-metrics",
      paramLabel = "TIME",
      converter = DurationConverter.class,
      description = "Send the agent's own metrics at this interval; 0s for never. Default: 60s.")
  private @Nullable Duration selfMetrics;

  @Option(
      names = "--grace",
      paramLabel = "TIME",
      converter = DurationConverter.class,
      description = {
        "After a signal, send the remaining events for at most this time. The rest goes to the"
            + " spool. Default: 10s."
      })
  private Duration grace = Forwarder.DEFAULT_GRACE;

  /** The names are those of the option's values. */
  enum Kind {
    auto,
    perf,
    ftrace
  }

  /** Creates a command that ends once the signal is raised. */
  public ForwardCommand(StopSignal stop) {
    this(stop, System.getenv(), ForwarderBuilder::start);
  }

  ForwardCommand(StopSignal stop, Map<String, String> environment, Starter starter) {
    this.stop = stop;
    this.environment = environment;
    this.starter = starter;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    stop.raiseOnTermination();
    ConsoleLog.showInfo(Forwarder.class.getPackageName());
    Forwarder forwarder = start();
    String failure = "";
    PrintWriter err = spec.commandLine().getErr();
    LastLine lastLine =
        new LastLine(() -> forwarder.statistics().text(), err, MAX_LAST_LINE.toMillis());
    lastLine.printAtExit();
    try (forwarder) {
      forwarder
          .healthAddress()
          .ifPresent(
              address ->
                  err.println(
                      "user-events: health at http://"
                          + address.getAddress().getHostAddress()
                          + ":"
                          + address.getPort()));
      err.flush();
      while (failure.isEmpty() && !stop.await(LOOK_INTERVAL)) {
        failure = forwarder.failure();
      }
      forwarder.close(grace);
      failure = failure.isEmpty() ? forwarder.failure() : failure;
    } finally {
      lastLine.print();
    }
    if (!failure.isEmpty()) {
      throw new CommandException(failure);
    }
    return ExitCode.OK;
  }

  private Forwarder start() throws IOException {
    try {
      return starter.start(builder());
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
    } catch (ListenerException e) {
      throw new CommandException(
          explained(
              String.valueOf(e.getMessage()),
              hasUserEvents(),
              System.getProperty("os.version", "")),
          e);
    } catch (IOException e) {
      // The agent's messages contain the remedy.
      throw new CommandException(String.valueOf(e.getMessage()), e);
    }
  }

  /** Says first that the kernel has no user_events. Each attempt fails there in another way. */
  static String explained(String message, boolean hasUserEvents, String release) {
    return hasUserEvents
        ? message + "; 'user-events doctor' checks this machine"
        : "this kernel ("
            + release
            + ") has no user_events (CONFIG_USER_EVENTS, Linux 6.4 or newer); 'user-events doctor'"
            + " checks this machine, and --verbose shows each attempt";
  }

  private static boolean hasUserEvents() {
    return Files.exists(SETTING)
        || Tracefs.find().filter(each -> Files.exists(each.resolve(Tracefs.DATA_FILE))).isPresent();
  }

  private ForwarderBuilder builder() {
    ForwarderBuilder builder = Forwarder.builder(events.toArray(String[]::new));
    endpointOptions.apply(builder, environment);
    queueOptions.apply(builder, environment);
    selectionOptions.apply(builder);
    builder.setSource(
        switch (source) {
          case auto -> Source.AUTO;
          case perf -> Source.PERF;
          case ftrace -> Source.FTRACE;
        });
    if (bufferKb != null) {
      builder.setBufferSizeKb(bufferKb);
    }
    if (selfMetrics != null) {
      builder.setSelfMetricsInterval(selfMetrics);
    }
    Integer port = healthPort;
    if (port != null) {
      if (port < 0 || port > MAX_PORT) {
        throw new ParameterException(
            spec.commandLine(), "--health must be 0 to " + MAX_PORT + ": " + port);
      }
      builder.setHealthAddress(new InetSocketAddress(healthAddress, port));
    }
    return builder;
  }
}
