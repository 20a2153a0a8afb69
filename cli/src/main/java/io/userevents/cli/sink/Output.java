// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli.sink;

import io.userevents.cli.series.Series;
import io.userevents.cli.series.SeriesTable;
import java.io.IOException;

/** Shows series. Used by one thread. */
public interface Output extends AutoCloseable {

  /** Called after each point. */
  void changed(Series series);

  /** Called several times a second, whether or not a point has arrived. */
  void refresh(SeriesTable table, String status, long nowNs);

  /** Called once, after the last point. */
  void end(SeriesTable table, String status, long nowNs) throws IOException;

  @Override
  void close() throws IOException;
}
