// SPDX-License-Identifier: Apache-2.0
package io.userevents.tracepoint;

import static org.assertj.core.api.Assertions.assertThat;

import io.userevents.internal.syscall.Errno;
import io.userevents.tracepoint.TracepointErrors.Call;
import io.userevents.tracepoint.TracepointErrors.Reaction;
import io.userevents.tracepoint.TracepointErrors.Row;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class TracepointErrorsTest {

  /** Tests run in the folder of their module. */
  private static final Path DOCUMENT = Path.of("..", "docs", "kernel-errors.md");

  /** Characters up to which a remedy is repeated. */
  private static final int LONG_REMEDY = 60;

  @Test
  void shouldHaveTheSameEntriesInTheDocumentation() throws IOException {
    for (Call call : Call.values()) {
      assertThat(itemsBelow(headingOf(call))).as(call.text()).isEqualTo(itemsOf(call));
    }
    assertThat(Files.readAllLines(DOCUMENT))
        .filteredOn(line -> line.startsWith("### "))
        .containsExactlyElementsOf(
            Arrays.stream(Call.values()).map(TracepointErrorsTest::headingOf).toList());
  }

  @Test
  void shouldExplainEachReactionAlikeInTheDocumentation() throws IOException {
    List<String> reactions =
        Arrays.stream(Reaction.values())
            .map(reaction -> "`" + reaction + "`: " + reaction.meaning() + ".")
            .toList();

    assertThat(itemsBelow("## Reactions")).isEqualTo(reactions);
  }

  @ParameterizedTest
  @EnumSource
  void shouldEndTheRowsOfEachCallWithTheOneForAnyOtherErrno(Call call) {
    List<@Nullable Errno> errnos =
        TracepointErrors.rows().stream()
            .filter(row -> row.call() == call)
            .<@Nullable Errno>map(Row::errno)
            .toList();

    assertThat(errnos).doesNotHaveDuplicates().last().isNull();
  }

  @Test
  void shouldFindEachRow() {
    for (Row row : TracepointErrors.rows()) {
      Errno errno = row.errno();
      assertThat(TracepointErrors.of(row.call(), errno == null ? 77 : errno.number()))
          .isSameAs(row);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -1, 77, 133, 134, 12345, Integer.MAX_VALUE, Integer.MIN_VALUE})
  void shouldCountAWriteThatFailsWithANumberThatLinuxDoesNotGive(int errno) {
    assertThat(TracepointErrors.ofWrite(errno)).isEqualTo(Reaction.COUNT);
  }

  @Test
  void shouldFindTheReactionToAWriteAsInTheTable() {
    for (int errno = 1; errno < Errno.COUNT; errno++) {
      assertThat(TracepointErrors.ofWrite(errno))
          .isEqualTo(TracepointErrors.of(Call.WRITE, errno).reaction());
    }
  }

  @ParameterizedTest
  @EnumSource
  void shouldReactToEachCallOnlyInWaysThatItsCallerKnows(Call call) {
    Set<Reaction> known =
        switch (call) {
          case INHERIT, OPEN, REGISTER ->
              EnumSet.of(Reaction.RETRY_AT_ONCE, Reaction.RETRY_LATER, Reaction.GIVE_UP);
          case WRITE ->
              EnumSet.of(
                  Reaction.RETRY_AT_ONCE,
                  Reaction.DETACHED,
                  Reaction.REGISTER_AGAIN,
                  Reaction.COUNT);
          case UNREGISTER ->
              EnumSet.of(Reaction.RETRY_AT_ONCE, Reaction.HOLD_WORD, Reaction.LEAVE_DESCRIPTOR);
        };

    assertThat(TracepointErrors.rows())
        .filteredOn(row -> row.call() == call)
        .extracting(Row::reaction)
        .allMatch(known::contains);
  }

  @Test
  void shouldGiveUpOnTheSameErrnosWhereverTheRegistrationFails() {
    // A registration's exception has the errno, but not the call.
    for (int errno = 1; errno < Errno.COUNT; errno++) {
      assertThat(TracepointErrors.of(Call.OPEN, errno).reaction() == Reaction.GIVE_UP)
          .isEqualTo(TracepointErrors.of(Call.REGISTER, errno).reaction() == Reaction.GIVE_UP)
          .isEqualTo(TracepointErrors.of(Call.INHERIT, errno).reaction() == Reaction.GIVE_UP);
    }
  }

  @Test
  void shouldNameEventAndFileInARemedy() {
    Row row = TracepointErrors.of(Call.REGISTER, Errno.EADDRINUSE.number());

    assertThat(row.remedy("my_event", "/my/file"))
        .contains("events/user_events/my_event/format")
        .contains("fuser -v /my/file")
        .doesNotContain("{");
  }

  private static String headingOf(Call call) {
    return call == Call.INHERIT ? "### An " + call.text() : "### `" + call.text() + "`";
  }

  /** The entries of a call; one whose long remedy an earlier entry has refers to that entry. */
  private static List<String> itemsOf(Call call) {
    Map<String, String> errnoByRemedy = new HashMap<>();
    List<String> items = new ArrayList<>();
    for (Row row : TracepointErrors.rows()) {
      if (row.call() == call) {
        Errno errno = row.errno();
        String name = errno == null ? "Any other" : errno.name();
        String earlier = errnoByRemedy.putIfAbsent(row.remedy(), name);
        boolean refers = earlier != null && row.remedy().length() > LONG_REMEDY;
        String remedy = refers ? "as for " + earlier : row.remedy();
        items.add(
            "%s (`%s`): %s. Remedy: %s.".formatted(name, row.reaction(), row.cause(), remedy));
      }
    }
    return items;
  }

  /** The items of the list below a heading, each as one line. */
  private static List<String> itemsBelow(String heading) throws IOException {
    List<String> lines = Files.readAllLines(DOCUMENT);
    int start = lines.indexOf(heading);
    assertThat(start).as("line of: " + heading).isNotNegative();
    List<String> items = new ArrayList<>();
    for (String line : lines.subList(start + 1, lines.size())) {
      if (line.startsWith("#")) {
        break;
      }
      if (line.startsWith("- ")) {
        items.add(line.substring(2));
      } else if (line.startsWith("  ") && !items.isEmpty()) {
        items.add(items.remove(items.size() - 1) + " " + line.strip());
      }
    }
    return items;
  }
}
