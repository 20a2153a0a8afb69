// SPDX-License-Identifier: Apache-2.0
package io.userevents.cli.doctor;

/** Checks whether a written event comes back, by a facility that works. */
final class RoundTripCheck implements Check {

  @Override
  public String name() {
    return "round trip";
  }

  @Override
  public Finding look(Machine machine) {
    if (!machine.write().works()) {
      return Finding.skipped("this user cannot write events");
    }
    boolean byPerf = machine.readByPerf().works();
    if (!byPerf && !machine.readByFtrace().works()) {
      return Finding.skipped("this user cannot read events");
    }
    Machine.Attempt attempt = machine.roundTrip(byPerf);
    return attempt.works()
        ? Finding.ok(attempt.found())
        : Finding.fail(attempt.found(), "one event written, one received", null);
  }
}
