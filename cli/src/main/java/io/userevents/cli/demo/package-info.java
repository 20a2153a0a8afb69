// SPDX-License-Identifier: Apache-2.0
/**
 * The command {@code demo}: an application that records, an exporter, a listener, and the
 * comparison of both ends; in this process or in the project's test machine. Other commands do not
 * use it.
 */
@NullMarked
package io.userevents.cli.demo;

import org.jspecify.annotations.NullMarked;
