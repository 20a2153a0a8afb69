/**
 * The command {@code bench}: builds the benchmarks from the project's sources and runs them. The
 * benchmarks themselves are in the module {@code jmh}, which shares the options.
 */
@NullMarked
package io.userevents.cli.bench;

import org.jspecify.annotations.NullMarked;
