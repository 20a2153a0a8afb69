// SPDX-License-Identifier: Apache-2.0
package io.userevents.listener.internal;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Default names of trace instances: {@code user_events_BOOT_NAMESPACE_PID_NUMBER}. The parts are
 * the first 8 digits of the boot's id, the number of the pid namespace, the id of the process in
 * that namespace, and a number. Two containers, whose processes may have the same id, therefore get
 * different names.
 *
 * <p>This type is internal, is not for public use and may change at any time.
 */
public final class DefaultInstanceName {

  /** Digits of the boot's id in a name. */
  public static final int BOOT_DIGITS = 8;

  private static final String PREFIX = "user_events_";

  private static final Pattern PATTERN =
      Pattern.compile(
          PREFIX + "([0-9a-f]{" + BOOT_DIGITS + "})_([0-9]{1,18})_([0-9]{1,18})_[0-9]{1,9}");

  private DefaultInstanceName() {}

  /**
   * Returns a name.
   *
   * @param boot the first {@link #BOOT_DIGITS} digits of the boot's id
   * @param namespace number of the pid namespace
   * @param pid of the process in that namespace
   * @param number of the listener in that process
   */
  public static String of(String boot, String namespace, long pid, int number) {
    return PREFIX + boot + "_" + namespace + "_" + pid + "_" + number;
  }

  /** Returns whether this is a default name. */
  public static boolean matches(String name) {
    return matcher(name).matches();
  }

  /** Returns a matcher for a name. Its groups are boot, namespace and process. */
  public static Matcher matcher(String name) {
    return PATTERN.matcher(name);
  }
}
