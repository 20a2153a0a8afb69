// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli.decode;

import static java.util.Objects.requireNonNull;

import io.userevents.cli.console.CommandException;
import io.userevents.cli.console.StandardOutput;
import io.userevents.cli.console.StopSignal;
import io.userevents.listener.EventHandler;
import io.userevents.listener.file.EventFile;
import io.userevents.listener.file.EventFileBuilder;
import io.userevents.listener.file.EventFileException;
import io.userevents.listener.file.EventFileStatistics;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads one file into a sink, and reports losses. */
final class FileReading {

  /** The name that means standard input. */
  static final String STANDARD_INPUT = "-";

  private final String name;
  private final EventFileBuilder builder;
  private final StopSignal stop;
  private @Nullable EventFileStatistics statistics;
  private boolean isFormatAssumed;

  /**
   * Creates the reading of a file that is not open yet.
   *
   * @param name its path, or {@link #STANDARD_INPUT}
   * @param events names of tracepoints; empty for all
   * @throws CommandException if the file does not exist
   */
  FileReading(String name, List<String> events, StopSignal stop) throws CommandException {
    this.name = name;
    this.stop = stop;
    builder = name.equals(STANDARD_INPUT) ? ofStandardInput() : ofFile(name);
    builder.setEventNames(events.toArray(String[]::new));
  }

  private static EventFileBuilder ofStandardInput() throws CommandException {
    if (StandardOutput.isInputTerminal()) {
      throw new CommandException(
          "standard input is a terminal; name a file, or pipe one in: perf record -o - ... |"
              + " user-events decode -");
    }
    return EventFile.builder(System.in, "standard input");
  }

  private static EventFileBuilder ofFile(String name) throws CommandException {
    Path path;
    try {
      path = Path.of(name);
    } catch (InvalidPathException e) {
      throw new CommandException("no file can have this name: " + name, e);
    }
    if (!Files.exists(path)) {
      throw new CommandException("there is no file " + path);
    }
    if (!Files.isReadable(path)) {
      throw new CommandException(
          "this user may not read "
              + path
              + "; files of perf belong to the user who recorded: use sudo");
    }
    return EventFile.builder(path);
  }

  /**
   * Passes all events to the sink. Ends early if the command is stopped and the file is not a pipe.
   */
  void run(EventSink sink) throws IOException {
    EventHandler handler =
        sample -> {
          try {
            sink.add(sample);
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        };
    try (EventFile file = builder.open()) {
      try {
        while (!isStopped() && file.poll(handler) != EventFile.END) {
          sink.refresh();
        }
        requireWanted(file, handler);
      } catch (UncheckedIOException e) {
        throw requireNonNull(e.getCause(), "cause");
      } finally {
        statistics = file.statistics();
        isFormatAssumed = file.isFormatAssumed();
      }
    }
  }

  /** At the end, one more read reports whether the file has the requested tracepoints. */
  private void requireWanted(EventFile file, EventHandler handler) throws EventFileException {
    if (!isStopped()) {
      long unused = file.readAll(handler);
    }
  }

  /**
   * A pipe ends when its writer ends, and Ctrl-C ends the writer as well. Its remaining events must
   * not be lost.
   */
  private boolean isStopped() {
    return stop.isRaised() && !name.equals(STANDARD_INPUT);
  }

  /** Returns the number of events that were read. */
  long events() {
    EventFileStatistics read = statistics;
    return read == null ? 0 : read.events();
  }

  /** Returns clauses about the events that are missing and the reason, or an empty text. */
  String losses() {
    EventFileStatistics read = statistics;
    StringBuilder text = new StringBuilder();
    if (read == null) {
      return "";
    }
    add(text, read.lostEvents(), " events lost while it was recorded");
    add(text, read.lostUncounted(), " losses of unknown size while it was recorded");
    add(text, read.malformedEvents(), " events malformed");
    add(text, read.otherProtocolEvents(), " events with no protobuf");
    add(text, read.unorderedEvents(), " events out of order");
    if (read.isCut()) {
      text.append("; the file ends in the middle of a record");
    }
    if (isFormatAssumed) {
      text.append("; the file has no layouts, so the exporters' layout was assumed");
    }
    return text.toString();
  }

  private static void add(StringBuilder text, long count, String what) {
    if (count != 0) {
      text.append("; ").append(count).append(what);
    }
  }

  /** Returns the name for messages. */
  String name() {
    return name.equals(STANDARD_INPUT) ? "standard input" : name;
  }
}
