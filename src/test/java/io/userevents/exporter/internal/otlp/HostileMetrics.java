// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter.internal.otlp;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.AttributeType;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import io.opentelemetry.api.common.KeyValue;
import io.opentelemetry.api.common.Value;
import io.opentelemetry.api.internal.InternalAttributeKeyImpl;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedList;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Creates metrics that no sane application exports, although the interfaces of the SDK allow them.
 */
@SuppressWarnings("JdkObsolete") // A linked list is what an encoder least expects.
final class HostileMetrics extends RandomMetrics {

  private static final String LONGER_THAN_IS_MEASURED = "x".repeat(ProtoWriter.MEASURE_LIMIT + 1);

  HostileMetrics(long seed) {
    super(seed);
  }

  @Override
  <T> Collection<T> points(List<T> points) {
    return switch (random.nextInt(6)) {
      case 0 -> new LinkedList<>(points);
      case 1 -> new ArrayDeque<>(points);
      case 2 -> Collections.unmodifiableCollection(points);
      case 3 -> points.isEmpty() ? points : Collections.nCopies(random.nextInt(30), points.get(0));
      default -> points;
    };
  }

  @Override
  <T> List<T> list(List<T> list) {
    return random.nextInt(3) == 0 ? new LinkedList<>(list) : list;
  }

  @Override
  int bucketCount(int usualMaximum) {
    return super.bucketCount(random.nextInt(30) == 0 ? 3000 : usualMaximum);
  }

  @Override
  <T> List<T> exemplars(Supplier<T> exemplar) {
    return switch (random.nextInt(30)) {
      case 0 -> listOf(random.nextInt(100), exemplar);
      case 1 -> Collections.nCopies(random.nextInt(10_000), exemplar.get());
      case 2 -> new LinkedList<>(super.exemplars(exemplar));
      default -> super.exemplars(exemplar);
    };
  }

  @Override
  String text() {
    return switch (random.nextInt(100)) {
      case 0 -> surrogates(random.nextInt(10_000));
      case 1 -> "\uffff".repeat(random.nextInt(5000));
      case 2 -> random.nextInt(400) == 0 ? LONGER_THAN_IS_MEASURED : "";
      default -> super.text();
    };
  }

  private String surrogates(int length) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < length; i++) {
      text.append((char) (Character.MIN_SURROGATE + random.nextInt(2048)));
    }
    return text.toString();
  }

  @Override
  Attributes attributes() {
    return switch (random.nextInt(12)) {
      case 0 -> new OddAttributes(random.nextInt(6));
      case 1 ->
          random.nextInt(10) == 0 ? new OddAttributes(random.nextInt(5000)) : super.attributes();
      default -> super.attributes();
    };
  }

  @Override
  Value<?> value(int depth) {
    return switch (random.nextInt(40)) {
      case 0 -> nested(random.nextInt(120), Value::of);
      case 1 -> nested(random.nextInt(120), v -> Value.of(KeyValue.of(super.text(), v)));
      case 2 -> nested(random.nextInt(rarely() ? 20_000 : 100), Value::of);
      case 3 -> rarely() ? endless(random.nextInt(60)) : super.value(depth);
      // The builder of attributes looks at the elements of an outermost array.
      case 4 -> Value.of(Value.of(Arrays.asList(Value.of(1), null, Value.empty())));
      case 5 -> Value.of(KeyValue.of("a", Value.of(1)), null);
      case 6 -> Value.of(new byte[random.nextInt(20_000)]);
      default -> super.value(depth);
    };
  }

  /** All levels share the next one: more values than can ever be walked through. */
  private Value<?> endless(int levels) {
    return nested(levels, value -> Value.of(Collections.<Value<?>>nCopies(10, value)));
  }

  /** The limit for these, which take long, so that others have their turn. */
  private boolean rarely() {
    return random.nextInt(20) == 0;
  }

  private Value<?> nested(int levels, UnaryOperator<Value<?>> around) {
    Value<?> value = super.value(1);
    for (int i = 0; i < levels; i++) {
      value = around.apply(value);
    }
    return value;
  }

  /**
   * Attributes that the SDK's builder would not make: empty and equal keys, values that are not of
   * the type of their key, and values that are missing. Neither its size nor whether it is empty is
   * what an encoder could count on.
   */
  private final class OddAttributes implements Attributes {

    private final List<AttributeKey<?>> keys = new ArrayList<>();
    private final List<@Nullable Object> values = new ArrayList<>();

    OddAttributes(int size) {
      for (int i = 0; i < size; i++) {
        keys.add(InternalAttributeKeyImpl.create(text(), oneOf(List.of(AttributeType.values()))));
        values.add(oddValue());
      }
    }

    private @Nullable Object oddValue() {
      return switch (random.nextInt(10)) {
        case 0 -> null;
        case 1 -> 7;
        case 2 -> new Object[] {1};
        case 3 -> Arrays.asList(null, 1L, "a", null, 2, List.of(3.0), Value.of(true));
        case 4 -> new LinkedList<>(Arrays.asList(text(), null));
        case 5 -> value(3);
        case 6 -> someDouble();
        case 7 -> selfContaining();
        default -> text();
      };
    }

    private List<Object> selfContaining() {
      List<Object> list = new ArrayList<>();
      list.add(1L);
      list.add(list);
      return list;
    }

    @Override
    public void forEach(BiConsumer<? super AttributeKey<?>, ? super Object> consumer) {
      for (int i = 0; i < keys.size(); i++) {
        accept(consumer, keys.get(i), values.get(i));
      }
    }

    @SuppressWarnings({"unchecked", "NullAway"}) // The missing values are the point.
    private static void accept(
        BiConsumer<? super AttributeKey<?>, ? super Object> consumer,
        AttributeKey<?> key,
        @Nullable Object value) {
      consumer.accept(key, value);
    }

    @Override
    public boolean isEmpty() {
      return false;
    }

    @Override
    public int size() {
      return Integer.MAX_VALUE;
    }

    @Override
    public <T> @Nullable T get(AttributeKey<T> key) {
      return null;
    }

    @Override
    public Map<AttributeKey<?>, Object> asMap() {
      return new HashMap<>();
    }

    @Override
    public AttributesBuilder toBuilder() {
      return Attributes.builder();
    }
  }
}
