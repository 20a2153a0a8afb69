// SPDX-License-Identifier: Apache-2.0
package io.userevents.exporter;

import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.metrics.export.AggregationTemporalitySelector;
import io.opentelemetry.sdk.metrics.export.DefaultAggregationSelector;
import io.userevents.internal.libraries.Library;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import org.jspecify.annotations.Nullable;

/**
 * Calls methods that only newer versions of the SDK have, and works without them where they are
 * missing. No other class of the exporter refers to such a method. Any thread may call these
 * methods.
 *
 * <p>{@code CompletableResultCode.failExceptionally}, {@code ofExceptionalFailure} and {@code
 * getFailureThrowable} came with 1.41.0, {@code asString} of both selectors after 1.37.0. The
 * methods are looked up once, when this class is initialized.
 */
final class SdkVersions {

  /** The SDK, of which the exporter needs {@code MemoryMode} and {@code CollectionRegistration}. */
  static final Library SDK =
      new Library(
          "The OpenTelemetry SDK",
          "io.opentelemetry",
          "opentelemetry-sdk-common",
          "io.opentelemetry.sdk.common.CompletableResultCode",
          "io.opentelemetry.",
          "1.31.0 or newer");

  private static final String MEMORY_MODE = "io.opentelemetry.sdk.common.export.MemoryMode";
  private static final String AUTO_CONFIGURE_LISTENER =
      "io.opentelemetry.sdk.autoconfigure.spi.internal.AutoConfigureListener";

  private static final MethodHandles.Lookup LOOKUP = MethodHandles.publicLookup();

  private static final @Nullable MethodHandle FAIL =
      virtual(
          "failExceptionally", MethodType.methodType(CompletableResultCode.class, Throwable.class));

  private static final @Nullable MethodHandle CAUSE =
      virtual("getFailureThrowable", MethodType.methodType(Throwable.class));

  private static final @Nullable MethodHandle TEMPORALITY_TEXT =
      asString(AggregationTemporalitySelector.class);

  private static final @Nullable MethodHandle AGGREGATION_TEXT =
      asString(DefaultAggregationSelector.class);

  private SdkVersions() {}

  /** Returns why the exporter does not work with this version of the SDK, or null if it does. */
  static @Nullable String problem() {
    return isThere(MEMORY_MODE) ? null : tooOld(SDK.needed());
  }

  /**
   * Returns whether autoconfiguration tells its exporters and readers of the SDK that it has built,
   * which it does since 1.32.0.
   */
  static boolean hasAutoConfigureListener() {
    return isThere(AUTO_CONFIGURE_LISTENER);
  }

  /** Returns why there is no listener, if there is none. */
  static String noAutoConfigureListener() {
    return tooOld("1.32.0 or newer with autoconfiguration");
  }

  private static boolean isThere(String name) {
    try {
      Class.forName(name, false, SdkVersions.class.getClassLoader());
      return true;
    } catch (ClassNotFoundException | LinkageError e) {
      return false;
    }
  }

  private static String tooOld(String needed) {
    return SDK.name()
        + " is too old: library="
        + SDK.group()
        + ":"
        + SDK.artifact()
        + " found="
        + SDK.found()
        + " needed="
        + needed
        + "; use a newer version, for instance by importing io.opentelemetry:opentelemetry-bom"
        + " before other bills of materials";
  }

  /** Fails the result, with the cause if the SDK knows causes. */
  static void fail(CompletableResultCode result, @Nullable Throwable cause) {
    MethodHandle fail = FAIL;
    if (fail == null || cause == null) {
      result.fail();
      return;
    }
    try {
      Object unused = fail.invoke(result, cause);
    } catch (Throwable e) {
      throw rethrown(e);
    }
  }

  /** Returns a result that has failed, with the cause if the SDK knows causes. */
  static CompletableResultCode failed(Throwable cause) {
    CompletableResultCode result = new CompletableResultCode();
    fail(result, cause);
    return result;
  }

  /** Returns the cause of a failure, or null if there is none or the SDK knows none. */
  static @Nullable Throwable cause(CompletableResultCode failure) {
    MethodHandle cause = CAUSE;
    if (cause == null) {
      return null;
    }
    try {
      return (Throwable) cause.invoke(failure);
    } catch (Throwable e) {
      throw rethrown(e);
    }
  }

  /** Returns the selector as text, for people. */
  static String temporalityText(AggregationTemporalitySelector selector) {
    return text(TEMPORALITY_TEXT, selector);
  }

  /** Returns the selector as text, for people. */
  static String aggregationText(DefaultAggregationSelector selector) {
    return text(AGGREGATION_TEXT, selector);
  }

  private static String text(@Nullable MethodHandle asString, Object selector) {
    if (asString == null) {
      return selector.toString();
    }
    try {
      return (String) asString.invoke(selector);
    } catch (Throwable e) {
      throw rethrown(e);
    }
  }

  /** Returns the exception that the called method threw; no method declares a checked one. */
  private static RuntimeException rethrown(Throwable thrown) {
    if (thrown instanceof Error error) {
      throw error;
    }
    return thrown instanceof RuntimeException exception
        ? exception
        : new IllegalStateException(thrown);
  }

  private static @Nullable MethodHandle virtual(String name, MethodType type) {
    try {
      return LOOKUP.findVirtual(CompletableResultCode.class, name, type);
    } catch (ReflectiveOperationException e) {
      return null;
    }
  }

  private static @Nullable MethodHandle asString(Class<?> selector) {
    try {
      return LOOKUP.findStatic(selector, "asString", MethodType.methodType(String.class, selector));
    } catch (ReflectiveOperationException e) {
      return null;
    }
  }
}
