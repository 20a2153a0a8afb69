// SPDX-License-Identifier: Apache-2.0
package io.userevents.testing;

import java.io.File;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.spi.ToolProvider;

/** Reads which classes refer to which others, by {@code jdeps} of the JDK. */
public final class ClassReferences {

  private ClassReferences() {}

  /**
   * Returns the references of all classes of the modules that these classes are in, a line for
   * each: spaces, the name of the class, {@code ->}, and the name of the other.
   */
  public static String of(Class<?>... ofModules) {
    List<String> arguments =
        new ArrayList<>(List.of("--multi-release", "base", "-verbose:class", "-filter:none"));
    for (Class<?> type : ofModules) {
      arguments.add(root(type).toString());
    }
    StringWriter output = new StringWriter();
    PrintWriter writer = new PrintWriter(output);
    int result =
        ToolProvider.findFirst("jdeps")
            .orElseThrow(() -> new IllegalStateException("this JDK has no jdeps"))
            .run(writer, writer, arguments.toArray(String[]::new));
    writer.flush();
    if (result != 0) {
      throw new IllegalStateException("jdeps failed: result=" + result + "\n" + output);
    }
    return output.toString();
  }

  private static Path root(Class<?> type) {
    try {
      return new File(type.getProtectionDomain().getCodeSource().getLocation().toURI()).toPath();
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }
}
