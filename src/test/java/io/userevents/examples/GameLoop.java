// SPDX-License-Identifier: Apache-2.0
package io.userevents.examples;

import io.userevents.exporter.UserEventsMetricExporter;
import io.userevents.exporter.prepared.PreparedDoublePoint;
import io.userevents.exporter.prepared.PreparedLongPoint;
import io.userevents.exporter.prepared.PreparedPoints;

/**
 * The loop of a game server. It publishes every frame's time and number of players through the ring
 * of the exporter that the rest of the server uses. A frame never waits: if the ring is full, the
 * two points are dropped and counted, and without a listener they cost a few nanoseconds.
 */
public final class GameLoop {

  private final PreparedDoublePoint frameTime;
  private final PreparedLongPoint players;

  /** Prepares the points, at the start of the server. */
  public GameLoop(UserEventsMetricExporter exporter) {
    PreparedPoints points = exporter.preparedPoints().build();
    frameTime = points.doubleGauge("game.frame.time").setUnit("ms").build();
    players = points.longGauge("game.players").setUnit("{player}").build();
  }

  /** Publishes the two points of a frame, sixty times a second. */
  public void frame(int playersInGame, Runnable simulation) {
    long start = System.nanoTime();
    simulation.run();
    frameTime.publish((System.nanoTime() - start) / 1e6);
    players.publish(playersInGame);
  }
}
