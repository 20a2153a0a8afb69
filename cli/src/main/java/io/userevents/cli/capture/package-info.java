// SPDX-License-Identifier: Apache-2.0
/**
 * Events as commands read them, whatever library and facility of the kernel delivers them. The
 * listener library is used here, and by the commands that read and write files of events.
 */
@NullMarked
package io.userevents.cli.capture;

import org.jspecify.annotations.NullMarked;
