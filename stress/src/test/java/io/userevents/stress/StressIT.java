// SPDX-License-Identifier: Apache-2.0
package io.userevents.stress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.StringJoiner;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.openjdk.jcstress.infra.Status;
import org.openjdk.jcstress.infra.collectors.TestResult;
import org.openjdk.jcstress.infra.grading.GradingResult;
import org.openjdk.jcstress.infra.runners.TestList;

/**
 * Runs all races and shows each as a test of this build. The console has a line for each, with how
 * often which result came.
 */
final class StressIT {

  private static final String FULL = "full";

  @TestFactory
  Stream<DynamicTest> races() throws Exception {
    assertThat(TestList.tests()).as("races on the class path").isNotEmpty();
    boolean full = System.getProperty("userevents.stress", "").equals(FULL);
    List<TestResult> results = Collections.synchronizedList(new ArrayList<>());
    (full ? StressRun.full() : StressRun.brief())
        .run(
            result -> {
              results.add(result);
              System.out.println(describe(result));
            });
    return TestList.tests().stream()
        .sorted()
        .map(race -> dynamicTest(simpleName(race), () -> assertPassed(race, results)));
  }

  private static void assertPassed(String race, List<TestResult> results) {
    List<TestResult> own = results.stream().filter(r -> r.getName().equals(race)).toList();
    assertThat(own).as("results of %s", race).isNotEmpty();
    assertThat(own).allSatisfy(StressIT::assertPassed);
  }

  private static void assertPassed(TestResult result) {
    String description = describe(result);
    assertThat(result.status())
        .as("%s %s %s %s", description, result.getMessages(), result.getVmOut(), result.getVmErr())
        .isEqualTo(Status.NORMAL);
    assertThat(result.getTotalCount()).as(description).isPositive();
    assertThat(result.grading().failureMessages).as(description).isEmpty();
    assertThat(result.grading().isPassed).as(description).isTrue();
  }

  private static String describe(TestResult result) {
    StringJoiner results = new StringJoiner(" | ");
    for (GradingResult graded : result.grading().gradingResults.values()) {
      results.add(String.format(Locale.ROOT, "%,d x [%s]", graded.count, graded.id));
    }
    return String.format(
        Locale.ROOT,
        "%s: %s, %,d runs: %s; flags %s",
        simpleName(result.getName()),
        result.status() == Status.NORMAL && result.grading().isPassed ? "passed" : "FAILED",
        result.getTotalCount(),
        results,
        result.getConfig().jvmArgs);
  }

  private static String simpleName(String race) {
    return race.substring(race.lastIndexOf('.') + 1);
  }
}
