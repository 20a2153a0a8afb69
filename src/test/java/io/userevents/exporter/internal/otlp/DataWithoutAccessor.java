// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter.internal.otlp;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.SpanContext;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Stands before an object of the SDK's data and before all that it hands out, and answers one
 * accessor of one type with the default value in place of the object.
 */
final class DataWithoutAccessor implements InvocationHandler {

  private final Object data;
  private final Set<Class<?>> types;
  private final Class<?> type;
  private final String accessor;

  private DataWithoutAccessor(Object data, Set<Class<?>> types, Class<?> type, String accessor) {
    this.data = data;
    this.types = types;
    this.type = type;
    this.accessor = accessor;
  }

  /**
   * Returns an object that says all that {@code data} says, but what one accessor does.
   *
   * @param types of the SDK's data; those that are no interfaces are handed out as they are
   * @param type that has the accessor
   */
  static <T> T of(T data, Set<Class<?>> types, Class<?> type, String accessor) {
    Class<?>[] interfaces =
        types.stream()
            .filter(candidate -> candidate.isInterface() && candidate.isInstance(data))
            .toArray(Class<?>[]::new);
    if (interfaces.length == 0) {
      return data;
    }
    @SuppressWarnings("unchecked")
    T proxy =
        (T)
            Proxy.newProxyInstance(
                DataWithoutAccessor.class.getClassLoader(),
                interfaces,
                new DataWithoutAccessor(data, types, type, accessor));
    return proxy;
  }

  @Override
  public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] arguments)
      throws Throwable {
    if (type.isInstance(data) && method.getName().equals(accessor)) {
      return defaultOf(method.getReturnType());
    }
    Object returned;
    try {
      returned = method.invoke(data, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
    if (returned instanceof Collection<?> elements) {
      return elements.stream().map(element -> of(element, types, type, accessor)).toList();
    }
    return returned == null ? null : of(returned, types, type, accessor);
  }

  /** Whether it is a value that stands for nothing. */
  static boolean isDefault(@Nullable Object value) {
    return value == null
        || (value instanceof Number number && number.doubleValue() == 0)
        || value.equals(false)
        || value.equals("")
        || (value instanceof Collection<?> elements && elements.isEmpty())
        || (value instanceof Attributes attributes && attributes.isEmpty())
        || (value instanceof SpanContext span && !span.isValid());
  }

  private static @Nullable Object defaultOf(Class<?> type) {
    if (type == boolean.class) {
      return false;
    } else if (type == int.class) {
      return 0;
    } else if (type == long.class) {
      return 0L;
    } else if (type == double.class) {
      return 0.0;
    } else if (type == String.class) {
      return "";
    } else if (type == Attributes.class) {
      return Attributes.empty();
    } else if (type == SpanContext.class) {
      return SpanContext.getInvalid();
    } else if (Collection.class.isAssignableFrom(type)) {
      return List.of();
    }
    return null;
  }
}
