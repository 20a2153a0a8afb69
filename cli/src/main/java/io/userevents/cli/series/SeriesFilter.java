// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli.series;

import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A filter of series.
 *
 * @param metric pattern of the metric's name; null accepts all
 * @param service pattern of the service's name; null accepts all
 * @param pid of the process; 0 accepts all
 */
public record SeriesFilter(@Nullable Pattern metric, @Nullable Pattern service, int pid) {

  /** Accepts all series. */
  public static final SeriesFilter ALL = new SeriesFilter(null, null, 0);

  /** Returns a pattern for a name in which {@code *} matches any characters; null stays null. */
  public static @Nullable Pattern glob(@Nullable String name) {
    if (name == null) {
      return null;
    }
    String pattern =
        Pattern.compile("\\*")
            .splitAsStream(name + "\0")
            .map(part -> Pattern.quote(part.replace("\0", "")))
            .collect(Collectors.joining(".*"));
    return Pattern.compile(pattern, Pattern.DOTALL);
  }

  boolean takes(SeriesKey key) {
    return takesSource(key.pid(), key.service()) && takesMetric(key.metric());
  }

  /** Returns whether it accepts metrics of this process and service. */
  public boolean takesSource(int process, String serviceName) {
    return (pid == 0 || process == pid)
        && (service == null || service.matcher(serviceName).matches());
  }

  /** Returns whether it accepts metrics of this name. */
  public boolean takesMetric(String name) {
    return metric == null || metric.matcher(name).matches();
  }
}
