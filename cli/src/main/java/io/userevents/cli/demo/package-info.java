// SPDX-License-Identifier: Apache-2.0
/**
 * The command {@code demo}: an application that records, an exporter, a listener, and the
 * comparison of both ends. It runs in this process or in the project's test machine. Other commands
 * must not use this package.
 */
@NullMarked
package io.userevents.cli.demo;

import org.jspecify.annotations.NullMarked;
