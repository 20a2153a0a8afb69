// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.userevents.cli.console.CommandException;
import io.userevents.cli.console.StopSignal;
import io.userevents.tracepoint.Tracepoint;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

final class DemoTest {

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private final StopSignal stop = new StopSignal();

  private DemoSummary run(Readback readback) throws Exception {
    stop.raise();
    return new Demo(
            Duration.ofSeconds(1),
            new RowPrinter(new PrintWriter(out, true)),
            new PrintWriter(err, true),
            stop)
        .run(readback);
  }

  @Test
  void shouldNoticeEventThatDoesNotComeBack() throws Exception {
    DemoSummary summary =
        run(
            new Tampering() {
              @Override
              void pass(byte[] event, Consumer<byte[]> sink) {}
            });

    assertThat(summary.exportedPoints()).isPositive();
    assertThat(summary.receivedPoints()).isZero();
    assertThat(summary.problems()).isNotEmpty();
  }

  @Test
  void shouldNoticeEventThatComesTwice() throws Exception {
    DemoSummary summary =
        run(
            new Tampering() {
              @Override
              void pass(byte[] event, Consumer<byte[]> sink) {
                sink.accept(event);
                sink.accept(event);
              }
            });

    assertThat(summary.receivedPoints()).isEqualTo(2 * summary.exportedPoints());
    assertThat(summary.problems()).isNotEmpty();
  }

  @Test
  void shouldCountEventThatCannotBeDecoded() throws Exception {
    DemoSummary summary =
        run(
            new Tampering() {
              @Override
              void pass(byte[] event, Consumer<byte[]> sink) {
                sink.accept(event);
                sink.accept(new byte[] {-1});
              }
            });

    assertThat(summary.malformedEvents()).isPositive();
    assertThat(summary.lost()).isEqualTo(summary.malformedEvents());
    assertThat(summary.problems()).hasSize(1);
  }

  @Test
  void shouldNotCountPointsOfOthers() throws Exception {
    AtomicInteger events = new AtomicInteger();

    DemoSummary summary =
        run(
            new Tampering() {
              @Override
              void pass(byte[] event, Consumer<byte[]> sink) {
                events.incrementAndGet();
                sink.accept(event);
                sink.accept(Otlp.counterEvent("another-instance", 2));
              }
            });

    assertThat(summary.problems()).isEmpty();
    assertThat(events).hasPositiveValue();
    assertThat(err.toString())
        .contains("received " + 2 * events.get() + " points of other exporters");
  }

  @Test
  void shouldReportWhatListenerLost() throws Exception {
    DemoSummary summary =
        run(
            new Tampering() {
              @Override
              public long lostEvents() {
                return 3;
              }
            });

    assertThat(summary.lost()).isEqualTo(3);
    assertThat(summary.problems()).hasSize(1);
  }

  @Test
  void shouldFailWhenReadingFails() {
    assertThatThrownBy(
            () ->
                run(
                    new Tampering() {
                      @Override
                      public boolean poll(Consumer<byte[]> sink) throws IOException {
                        throw new IOException("no more");
                      }
                    }))
        .isInstanceOf(CommandException.class)
        .hasMessageContaining("no more");
  }

  @Test
  void shouldPrintNothingWhenListenerCannotAttach() {
    assertThatThrownBy(
            () ->
                run(
                    new Tampering() {
                      @Override
                      public void attach() throws IOException {
                        throw new IOException("not allowed");
                      }
                    }))
        .isInstanceOf(Demo.AttachException.class)
        .hasMessage("not allowed");
    assertThat(out.toString()).isEmpty();
    assertThat(err.toString()).isEmpty();
  }

  /** A loopback that does something else with the events. */
  private abstract static class Tampering implements Readback {

    private final LoopbackReadback loopback = new LoopbackReadback();

    void pass(byte[] event, Consumer<byte[]> sink) {
      sink.accept(event);
    }

    @Override
    public Tracepoint tracepoint() {
      return loopback.tracepoint();
    }

    @Override
    public void attach() throws IOException {
      loopback.attach();
    }

    @Override
    public boolean poll(Consumer<byte[]> sink) throws IOException {
      return loopback.poll(event -> pass(event, sink));
    }

    @Override
    public void detach() {
      loopback.detach();
    }

    @Override
    public long lostEvents() {
      return loopback.lostEvents();
    }

    @Override
    public String via() {
      return loopback.via();
    }

    @Override
    public void close() {
      loopback.close();
    }
  }
}
