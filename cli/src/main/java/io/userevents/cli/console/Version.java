// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli.console;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine.IVersionProvider;

/** Reads the version that Maven has put into the archive. */
public final class Version implements IVersionProvider {

  @Override
  public String[] getVersion() throws IOException {
    return new String[] {"user-events " + read()};
  }

  /** Returns the version, for example {@code 0.1.0}. */
  public static String read() throws IOException {
    InputStream resource = Version.class.getResourceAsStream("/io/userevents/cli/version.txt");
    if (resource == null) {
      return "unknown";
    }
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(resource, StandardCharsets.UTF_8))) {
      return String.valueOf(lines.readLine());
    }
  }
}
