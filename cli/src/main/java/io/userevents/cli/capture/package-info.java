// SPDX-License-Identifier: Apache-2.0
/**
 * The commands' view of events, independent of the library and the kernel's facility that deliver
 * them. Only this package and the commands that read and write files of events may use the listener
 * library.
 */
@NullMarked
package io.userevents.cli.capture;

import org.jspecify.annotations.NullMarked;
