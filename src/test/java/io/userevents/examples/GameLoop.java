// SPDX-License-Identifier: Apache-2.0
package io.userevents.examples;

import io.userevents.exporter.UserEventsMetricExporter;
import io.userevents.exporter.prepared.PreparedDoublePoint;
import io.userevents.exporter.prepared.PreparedLongPoint;
import io.userevents.exporter.prepared.PreparedPoints;

/**
 * The loop of a game server: every frame's time and number of players, through the ring of the
 * exporter that the rest of the server has anyway. A frame is never held up: with a full ring the
 * two points are dropped and counted, without a listener they cost a few nanoseconds.
 */
public final class GameLoop {

  private final PreparedDoublePoint frameTime;
  private final PreparedLongPoint players;

  /** At the start of the server. */
  public GameLoop(UserEventsMetricExporter exporter) {
    PreparedPoints points = exporter.preparedPoints().build();
    frameTime = points.doubleGauge("game.frame.time").setUnit("ms").build();
    players = points.longGauge("game.players").setUnit("{player}").build();
  }

  /** Sixty times a second. */
  public void frame(int playersInGame, Runnable simulation) {
    long start = System.nanoTime();
    simulation.run();
    frameTime.publish((System.nanoTime() - start) / 1e6);
    players.publish(playersInGame);
  }
}
