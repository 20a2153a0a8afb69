/**
 * Runs the benchmarks of the other packages as experiments, and writes their figures as JSON, as
 * plots and as a page. An experiment says what it measures and what its figures mean; the
 * benchmarks define how.
 */
@NullMarked
package io.userevents.bench;

import org.jspecify.annotations.NullMarked;
