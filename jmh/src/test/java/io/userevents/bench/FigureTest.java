// SPDX-License-Identifier: Apache-2.0
package io.userevents.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class FigureTest {

  private static final double TINY = 1e-9;

  @Test
  void shouldAddRelativeErrorsOfARatioAsIndependentOnes() {
    Figure.Ratio ratio = figure(100, 3).dividedBy(figure(50, 2));

    assertThat(ratio.value()).isEqualTo(2, within(TINY));
    // 3 % and 4 % make 5 %.
    assertThat(ratio.error()).isEqualTo(0.1, within(TINY));
  }

  @Test
  void shouldKeepTheRelativeErrorOfAnInverse() {
    Figure.Ratio inverse = new Figure.Ratio(4, 0.4).inverse();

    assertThat(inverse.value()).isEqualTo(0.25, within(TINY));
    assertThat(inverse.error()).isEqualTo(0.025, within(TINY));
  }

  @Test
  void shouldSayNothingOfTheErrorIfOneFigureHasNone() {
    assertThat(figure(1, Double.NaN).dividedBy(figure(2, 1)).error()).isNaN();
  }

  @Test
  void shouldTakeTheMedianAndHalfOfTheRangeOfRounds() {
    Figure figure = Rounds.figure("C", "", new double[] {9, 1, 3}, null);

    assertThat(figure.value()).isEqualTo(3);
    assertThat(figure.error()).isEqualTo(4);
  }

  @Test
  void shouldHaveNoErrorForASingleRound() {
    assertThat(Rounds.figure("C", "", new double[] {5}, null).error()).isNaN();
  }

  private static Figure figure(double value, double error) {
    return new Figure("subject", "", value, error, null);
  }
}
