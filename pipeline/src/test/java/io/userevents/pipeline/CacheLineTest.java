// SPDX-License-Identifier: Apache-2.0
package io.userevents.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.openjdk.jol.info.ClassLayout;
import org.openjdk.jol.info.FieldLayout;

/**
 * The layout of the objects that the consumer writes while it waits. Whatever object lies before or
 * behind one of them in memory, publishers may read it for each record, so what is written lies a
 * cache line away from both ends of its object.
 */
class CacheLineTest {

  private static final long CACHE_LINE_BYTES = 64;

  @ParameterizedTest
  @ValueSource(
      classes = {
        Drain.class,
        Duties.class,
        PipelineAgent.class,
        SleepingIdle.class,
        WakeUp.Sleep.class
      })
  void shouldKeepWhatTheConsumerWritesACacheLineAwayFromOtherObjects(Class<?> written) {
    assertThat(exposed(written)).isEmpty();
  }

  /** The test would find nothing if it could not read the layout. */
  @Test
  void shouldFindAFieldThatIsNotKeptAway() {
    assertThat(exposed(Closing.class)).contains("step", "last");
    assertThat(exposed(TooLittlePadding.class)).containsExactly("changed");
  }

  /** The fields that may change and lie too near to an end of their object. */
  private static List<String> exposed(Class<?> type) {
    ClassLayout layout = ClassLayout.parseClass(type);
    List<String> exposed = new ArrayList<>();
    for (FieldLayout field : layout.fields()) {
      long end = field.offset() + field.size();
      boolean isNear =
          field.offset() < CACHE_LINE_BYTES || layout.instanceSize() - end < CACHE_LINE_BYTES;
      if (isNear && mayChange(type, field)) {
        exposed.add(field.name());
      }
    }
    return exposed;
  }

  private static boolean mayChange(Class<?> type, FieldLayout layout) {
    Field field = declared(type, layout);
    boolean isPadding = field.getName().matches("p[0-9]");
    return !Modifier.isFinal(field.getModifiers()) && !isPadding;
  }

  private static Field declared(Class<?> type, FieldLayout layout) {
    for (Class<?> owner = type; owner != null; owner = owner.getSuperclass()) {
      for (Field field : owner.getDeclaredFields()) {
        if (field.getName().equals(layout.name())
            && layout.classShortName().equals(owner.getSimpleName())) {
          return field;
        }
      }
    }
    throw new AssertionError("no such field: " + layout.name());
  }

  /** Has nothing behind its field. */
  @SuppressWarnings("unused")
  private static final class TooLittlePadding extends ConsumerPadding {
    private long changed;
  }
}
