// SPDX-License-Identifier: Apache-2.0
package io.userevents.agent.internal.http;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Parses addresses written as numbers. It never asks a name server. */
final class IpAddresses {

  private static final Pattern IPV4 =
      Pattern.compile("(?:(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)(?:\\.(?!$)|$)){4}");
  private static final Pattern IPV6 = Pattern.compile("[0-9a-fA-F:.]*:[0-9a-fA-F:.]*");

  private IpAddresses() {}

  /** Returns the 4 or 16 bytes of an address, or null if the text is a name. */
  static byte @Nullable [] parse(String text) {
    if (!IPV4.matcher(text).matches() && !IPV6.matcher(text).matches()) {
      return null;
    }
    try {
      // No lookup happens: the text is a numeric address, and a text with a colon cannot be a name.
      return InetAddress.getByName(text).getAddress();
    } catch (UnknownHostException e) {
      return null;
    }
  }

  static boolean isLoopback(byte[] address) {
    try {
      return InetAddress.getByAddress(address).isLoopbackAddress();
    } catch (UnknownHostException e) {
      return false;
    }
  }

  /** Returns whether an address is in a network such as {@code 10.0.0.0/8}. */
  static boolean isInNetwork(byte[] address, String network) {
    int slash = network.indexOf('/');
    byte @Nullable [] base = parse(network.substring(0, slash));
    String length = network.substring(slash + 1);
    if (base == null || base.length != address.length || !length.matches("\\d{1,3}")) {
      return false;
    }
    int bits = Integer.parseInt(length);
    if (bits > address.length * 8) {
      return false;
    }
    for (int i = 0; i < bits; i++) {
      int mask = 0x80 >> (i & 7);
      if ((address[i >> 3] & mask) != (base[i >> 3] & mask)) {
        return false;
      }
    }
    return true;
  }
}
